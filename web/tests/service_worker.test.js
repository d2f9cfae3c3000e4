import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import vm from "node:vm";
import { buildServiceWorker } from "../build/installable.mjs";

const SCOPE = "https://web.example/";
const PAGE = '<link href="assets/main-A.css"><script src="assets/main-A.js"></script>';
const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The worker of a build whose page is `PAGE`, as the build makes it. */
async function built() {
  const folder = await mkdtemp(join(tmpdir(), "worker-"));
  const outfile = join(folder, "sw.js");
  await buildServiceWorker({ root: ROOT, outfile, target: ["es2022"], page: PAGE, later: ["assets/markdown-A.js", "assets/main-A.js"] });
  const script = await readFile(outfile, "utf8");
  await rm(folder, { recursive: true });
  return script;
}

/** A browser that runs the worker; its network serves `served`, by path. */
class WorkerScene {
  served = /** @type {Record<string, string>} */ ({ "index.html": PAGE });
  kept = /** @type {Map<string, string>} */ (new Map());
  isDiskFull = false;
  isCacheRefused = false;
  focused = 0;

  #listeners = /** @type {Record<string, (event: any) => void>} */ ({});

  /** @param {string} script */
  constructor(script) {
    const path = (/** @type {any} */ request) => (request.url ?? request).replace(SCOPE, "") || "index.html";
    const put = async (/** @type {any} */ request, /** @type {Response} */ response) => {
      if (this.isDiskFull) throw new DOMException("no room", "QuotaExceededError");
      this.kept.set(path(request), await response.text());
    };
    const fetched = async (/** @type {any} */ request) => new Response(this.served[path(request)] ?? "");
    const add = async (/** @type {any} */ request) => put(request, await fetched(request));
    const match = async (/** @type {any} */ request) => {
      const text = this.kept.get(path(request));
      return text === undefined ? undefined : new Response(text);
    };
    const open = async () => {
      if (this.isCacheRefused) throw new DOMException("blocked", "SecurityError");
      return cache;
    };
    const cache = { put, add, match, addAll: (/** @type {any[]} */ all) => Promise.all(all.map(add)) };
    const Request = class {
      /** @param {string} url */
      constructor(url) {
        this.url = url;
      }
    };
    vm.runInNewContext(script, {
      Request,
      setTimeout,
      fetch: fetched,
      caches: { open, keys: async () => [] },
      registration: { scope: SCOPE },
      clients: { matchAll: async () => [{ focus: () => (this.focused += 1) }] },
      addEventListener: (/** @type {string} */ type, /** @type {any} */ listener) => (this.#listeners[type] = listener),
    });
  }

  /** Lets an event happen, and all that it sets off. @param {string} type @param {object} [event] */
  async happen(type, event) {
    const works = /** @type {Promise<unknown>[]} */ ([]);
    let answer = /** @type {Promise<Response> | undefined} */ (undefined);
    const waitUntil = (/** @type {Promise<unknown>} */ work) => void works.push(work);
    this.#listeners[type]({ ...event, waitUntil, respondWith: (/** @type {Promise<Response>} */ response) => waitUntil((answer = response)) });
    // what is begun by one of them may be added while it runs
    for (let done = 0; done < works.length; done += 1) await works[done];
    return (await answer)?.text();
  }

  open() {
    return this.asked("", "navigate");
  }

  /** What the page gets. @param {string} path @param {string} [mode] */
  async asked(path, mode = "cors") {
    return this.happen("fetch", { request: { method: "GET", mode, url: SCOPE + path } });
  }
}

test("of the pages that the network gives, those of the worker's own build are kept", async () => {
  const scene = new WorkerScene(await built());
  await scene.happen("install");
  assert.deepEqual([...scene.kept.keys()].sort(), ["assets/main-A.css", "assets/main-A.js", "assets/markdown-A.js", "config.json", "index.html"]);

  scene.served["index.html"] = `<!-- changed by whoever serves it -->${PAGE}`;
  await scene.open();
  assert.equal(scene.kept.get("index.html"), scene.served["index.html"]);

  scene.served["index.html"] = PAGE.replaceAll("-A", "-B");
  await scene.open();
  assert.match(scene.kept.get("index.html") ?? "", /main-A/);
});

test("files of another build are served also where there is no room to keep them, or nothing may be kept", async () => {
  for (const refusal of /** @type {const} */ (["isDiskFull", "isCacheRefused"])) {
    const scene = new WorkerScene(await built());
    scene.served["assets/main-B.js"] = "newer";
    scene[refusal] = true;

    assert.equal(await scene.asked("assets/main-B.js"), "newer");
    assert.equal(await scene.open(), PAGE);
    assert.equal(scene.kept.size, 0);
  }
});

test("what has been used is kept, and what is kept is not fetched", async () => {
  const scene = new WorkerScene(await built());
  scene.served["assets/highlighter-A.js"] = "first";
  await scene.asked("assets/highlighter-A.js");
  scene.served["assets/highlighter-A.js"] = "second";

  assert.equal(await scene.asked("assets/highlighter-A.js"), "first");
});

test("a click on a notification closes it and brings the page forward", async () => {
  const scene = new WorkerScene(await built());
  let closed = 0;
  await scene.happen("notificationclick", { notification: { close: () => (closed += 1) } });

  assert.deepEqual([closed, scene.focused], [1, 1]);
});
