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
  if (route === "asset") event.respondWith(keptOrFetched(event));
  else if (route) event.respondWith(fetchedOrKept(event, route === "page" ? "index.html" : "config.json"));
});
worker.addEventListener("notificationclick", (/** @type {any} */ event) => event.waitUntil(bringPageForward(event.notification)));

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

/** @param {any} notification  that an answer is ready */
async function bringPageForward(notification) {
  notification.close();
  const [page] = await worker.clients.matchAll({ type: "window" });
  await page?.focus();
}

/** @param {any} event */
async function keptOrFetched(event) {
  const kept = await keptFor(event.request);
  if (kept) return kept;
  const response = await fetch(event.request);
  if (response.ok) keep(event, event.request, response.clone());
  return response;
}

/**
 * @param {any} event
 * @param {string} path
 */
async function fetchedOrKept(event, path) {
  const kept = await keptFor(path);
  const fetched = fetch(event.request);
  event.waitUntil(fetched.then((response) => keepIfOurs(event, path, response.clone())).catch(() => {}));
  if (!kept) return fetched;
  const inTime = Promise.race([fetched, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
  const response = await inTime.catch(() => undefined);
  return response?.ok ? response : kept;
}

/**
 * @param {Request | string} request
 * @returns {Promise<Response | undefined>} undefined also where the browser refuses the cache
 */
async function keptFor(request) {
  try {
    return await (await caches.open(CACHE)).match(request, { ignoreVary: true });
  } catch {
    return undefined;
  }
}

/**
 * Keeps a reply beside answering, which does not wait for it: the disk may be full.
 * @param {any} event
 * @param {Request | string} request
 * @param {Response} response
 */
function keep(event, request, response) {
  const isKept = caches.open(CACHE).then((cache) => cache.put(request, response));
  event.waitUntil(isKept.catch(() => {}));
}

/**
 * @param {any} event
 * @param {string} path
 * @param {Response} response
 */
async function keepIfOurs(event, path, response) {
  if (!response.ok) return;
  const isOfThisBuild = path !== "index.html" || belongsTogether(await response.clone().text(), assets);
  if (isOfThisBuild) keep(event, path, response);
}
