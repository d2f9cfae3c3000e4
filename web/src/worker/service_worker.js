/**
 * Opens the page without a network: keeps the files of the first view, and of the rest what has been used.
 *
 * Each build has a cache of its own. A new worker waits until the pages of the old one are closed, so that no page
 * loses the files that it may still load; they show new builds before that, because index.html comes from the network.
 */

import { belongsTogether, routeOf } from "./shell.js";

/** Put in by the build: `assets` are the files that its page names, `later` those that kept answers need beside them. */
const { version, assets, later } = /** @type {{ version: string, assets: string[], later: string[] }} */ (/** @type {any} */ (globalThis).SHELL_OF_BUILD);
/** Whoever waits longer for a network gets what was kept. */
const PATIENCE_MS = 4_000;

const worker = /** @type {any} */ (globalThis);
const scope = /** @type {string} */ (worker.registration.scope);
const PREFIX = `nexus-shell ${scope} `;
const CACHE = PREFIX + version;

worker.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(keepFirstView()));
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(takeOver()));
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const route = routeOf(event.request, scope);
  if (route === "asset") event.respondWith(keptOrFetched(event.request));
  else if (route) event.respondWith(fetchedOrKept(event, route === "page" ? "index.html" : "config.json"));
});

async function keepFirstView() {
  const cache = await caches.open(CACHE);
  await cache.addAll([new Request("index.html", { cache: "no-cache" }), ...assets, ...later]);
  await cache.add(new Request("config.json", { cache: "no-cache" })).catch(() => {}); // the page has defaults
}

async function takeOver() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** @param {Request} request */
async function keptOrFetched(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request, { ignoreVary: true });
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) await cache.put(request, response.clone());
  return response;
}

/**
 * @param {any} event
 * @param {string} path
 */
async function fetchedOrKept(event, path) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(path, { ignoreVary: true });
  const fetched = fetch(event.request);
  event.waitUntil(fetched.then((response) => keep(cache, path, response.clone())).catch(() => {}));
  if (!kept) return fetched;
  const inTime = Promise.race([fetched, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
  const response = await inTime.catch(() => undefined);
  return response?.ok ? response : kept;
}

/**
 * @param {Cache} cache
 * @param {string} path
 * @param {Response} response
 */
async function keep(cache, path, response) {
  if (!response.ok) return;
  const isOfThisBuild = path !== "index.html" || belongsTogether(await response.clone().text(), assets);
  if (isOfThisBuild) await cache.put(path, response);
}
