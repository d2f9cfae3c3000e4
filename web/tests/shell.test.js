import assert from "node:assert/strict";
import { test } from "node:test";
import { belongsTogether, routeOf } from "../src/worker/shell.js";
import { themeOf } from "../src/core/theme.js";
import { isFramedByOthers } from "../src/edge/framing.js";

const SCOPE = "https://web.example/chat/";

/** @param {string} path @param {object} [more] */
const routed = (path, more) => routeOf({ method: "GET", mode: "cors", url: new URL(path, SCOPE).href, ...more }, SCOPE);

test("the worker answers for the page, its files and its configuration", () => {
  for (const path of ["", "index.html", "?utm=1", "index.html?a#b"]) {
    assert.equal(routed(path, { mode: "navigate" }), "page", path);
  }
  assert.equal(routed("assets/main-ABCD1234.js"), "asset");
  assert.equal(routed("config.json"), "config");
});

test("the worker leaves the functions, other origins and everything else alone", () => {
  for (const path of ["api/check-availability", "api/chat/v1/models", "sw.js", "assets.json", "assets/", "assets/a/b.js"]) {
    assert.equal(routed(path), null, path);
  }
  assert.equal(routed("https://chat.example/assets/main-ABCD1234.js"), null);
  assert.equal(routed("https://web.example/assets/main-ABCD1234.js"), null, "outside its folder");
  assert.equal(routed("config.json", { method: "POST" }), null);
  assert.equal(routed("api/check-availability", { mode: "navigate" }), null);
});

test("a page of a newer build is not kept beside the files of an older one", () => {
  const assets = ["assets/main-A.js", "assets/main-B.css"];

  assert.equal(belongsTogether('<link href="assets/main-B.css"><script src="assets/main-A.js">', assets), true);
  assert.equal(belongsTogether('<link href="assets/main-B.css"><script src="assets/main-C.js">', assets), false);
});

test("a theme that is none is the system's", () => {
  assert.equal(themeOf("dark"), "dark");
  for (const nothing of [null, "", "blue", 7]) assert.equal(themeOf(nothing), "system");
});

/** @param {(string | null)[]} origins  from the page's own window up to the top; null cannot be looked at */
function windows(origins) {
  const all = origins.map((origin) => ({
    parent: /** @type {any} */ (null),
    get location() {
      if (origin === null) throw new DOMException("Blocked", "SecurityError");
      return { origin };
    },
  }));
  all.forEach((window, level) => (window.parent = all[level + 1] ?? window));
  return /** @type {any} */ (all[0]);
}

test("a page is framed by others where any window around it is of another origin", () => {
  assert.equal(isFramedByOthers(windows(["own"])), false);
  assert.equal(isFramedByOthers(windows(["own", "own"])), false);
  assert.equal(isFramedByOthers(windows(["own", null])), true);
  assert.equal(isFramedByOthers(windows(["own", null, "own"])), true);
});
