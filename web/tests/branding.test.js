import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { TINT, accentOf, contrastOf, rgbOf } from "../src/core/accent.js";
import { brandingOf } from "../src/core/branding.js";
import { embedOriginsOf } from "../src/core/embedding.js";
import { loadConfig } from "../src/edge/config.js";

const PAGE = "https://web.example/chat/index.html";
const PNG = "data:image/png;base64,iVBORw0KGgo=";

/** @param {Record<string, unknown>} given */
function read(given) {
  const ignored = /** @type {string[]} */ ([]);
  return { usable: brandingOf(given, PAGE, (key) => ignored.push(key)), ignored };
}

test("what an operator sets is used as it is, with addresses that are relative to the page", () => {
  const given = {
    name: " Acme Help ",
    tagline: "Ask us anything.",
    language: "de-at",
    accent: "#B3261E",
    logo: "logo.svg",
    starters: ["Where is my parcel?"],
    notice: "A machine answers.",
    links: { privacy: "privacy.html", terms: "https://acme.example/terms" },
  };

  assert.deepEqual(read(given), {
    usable: {
      ...given,
      name: "Acme Help",
      language: "de-AT",
      logo: "https://web.example/chat/logo.svg",
      links: { privacy: "https://web.example/chat/privacy.html", terms: "https://acme.example/terms" },
    },
    ignored: [],
  });
  assert.deepEqual(read({ logo: PNG, starters: [] }), { usable: { logo: PNG, starters: [] }, ignored: [] });
  assert.deepEqual(read({}), { usable: {}, ignored: [] });
});

test("a value that cannot be used is left out and reported once, whatever it is", () => {
  const odd = {
    name: ["", "  ", "x".repeat(81), "\u200b\u2060", "two\nlines", "null\u0000", "\u202eemcA", 7, null, ["Acme"], {}],
    tagline: ["x".repeat(201), false],
    notice: ["", "x".repeat(401)],
    language: ["", "no language", "de_AT", 1, ["de", "en"]],
    accent: ["red", "#12", "#12345g", "#fff;background:url(//evil.example)", "rgb(0 0 0)", 0xff0000],
    logo: [
      "",
      "https://evil.example/logo.png",
      "//evil.example/logo.png",
      "javascript:alert(1)",
      "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
      "data:text/html;base64,PHNjcmlwdD4=",
      `${PNG}" onerror="alert(1)`,
      PNG.padEnd(100_001, "A"),
      "http://",
      {},
    ],
    starters: ["Hello", {}, ["Hello", ""], ["Hello", 7], Array(9).fill("Hello"), ["x".repeat(201)]],
    links: ["https://acme.example/", [], null, 7],
  };

  for (const [key, values] of Object.entries(odd)) {
    for (const value of values) assert.deepEqual(read({ [key]: value }), { usable: {}, ignored: [key] }, `${key}: ${JSON.stringify(value)}`);
  }
});

test("one link that cannot be used takes no other with it, and unknown ones are passed over", () => {
  for (const wrong of ["javascript:alert(1)", " JaVaScript:alert(1)", "data:text/html,x", "mailto:a@acme.example", "", 7, null]) {
    assert.deepEqual(read({ links: { privacy: wrong, terms: "https://acme.example/terms", other: "https://acme.example/" } }), {
      usable: { links: { terms: "https://acme.example/terms" } },
      ignored: ["links.privacy"],
    });
  }
});

test("markup is text like any other", () => {
  const name = '<img src=x onerror="alert(1)">';

  assert.deepEqual(read({ name }), { usable: { name }, ignored: [] });
});

test("an accent is readable on every surface of both themes, and stays what it is where it already is", () => {
  for (const accent of ["#fff", "#000000", "#ffff00", "#777", "#eff1ee", "#22262a", "#0000ff", "#b3261e", "#72d2bf"]) {
    const { light, dark } = accentOf(accent);
    assert.ok(contrastOf(rgbOf(light), rgbOf(TINT.light)) >= 4.5, `${accent} becomes ${light}`);
    assert.ok(contrastOf(rgbOf(dark), rgbOf(TINT.dark)) >= 4.5, `${accent} becomes ${dark}`);
    // and so are the words on it
    assert.ok(contrastOf(rgbOf(light), rgbOf("#ffffff")) >= 4.5);
    assert.ok(contrastOf(rgbOf(dark), rgbOf("#141618")) >= 4.5);
  }
  assert.equal(accentOf("#0b6558").light, "#0b6558");
  assert.equal(accentOf("#72d2bf").dark, "#72d2bf");
});

test("the surfaces that accents are measured on are those of the styles", async () => {
  const tokens = await readFile(new URL("../src/styles/tokens.css", import.meta.url), "utf8");

  assert.ok(tokens.includes(`--tint: light-dark(${TINT.light}, ${TINT.dark});`));
});

test("origins that may show the chat are origins to the letter, or nobody may", () => {
  const origins = ["https://www.acme.example", "http://localhost:8000"];
  const ignored = /** @type {unknown[]} */ ([]);
  const read = (/** @type {unknown} */ given) => embedOriginsOf(given, (key) => ignored.push(key));

  assert.deepEqual(read(origins), origins);
  assert.deepEqual(read(undefined), []);
  assert.deepEqual(ignored, []);
  const wrong = ["*", "null", "https://acme.example/", "https://ACME.example", "https://*.acme.example", "acme.example", "file://", 7];
  for (const each of [...wrong.map((text) => ["https://www.acme.example", text]), "https://acme.example", {}]) {
    assert.deepEqual(read(each), [], JSON.stringify(each));
  }
  assert.deepEqual(ignored, Array(10).fill("embedOrigins"));
});

test("a configuration that is no table sets nothing", async () => {
  for (const given of ["[1]", '"text"', "7", "null"]) {
    const lines = /** @type {string[]} */ ([]);
    const { own } = await loadConfig(PAGE, async () => new Response(given), undefined, (key) => lines.push(key));

    assert.deepEqual(brandingOf(own, PAGE, (key) => lines.push(key)), {});
    assert.deepEqual(lines, []);
  }
});
