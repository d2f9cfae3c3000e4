/** Which requests the service worker answers. Every other one, to the functions above all, goes its way untouched. */

/**
 * @typedef {"page" | "config" | "asset"} Route
 * `page` and `config` may change and are fetched anew whenever that is possible; an `asset` has its hash in its name.
 */

/**
 * @param {{ method: string, mode: string, url: string }} request
 * @param {string} scope  the folder of the page, with its origin
 * @returns {Route | null} null for what is none of the worker's business
 */
export function routeOf({ method, mode, url }, scope) {
  if (method !== "GET" || !url.startsWith(scope)) return null;
  const path = url.slice(scope.length).replace(/[?#].*$/, "");
  if (mode === "navigate") return path === "" || path === "index.html" ? "page" : null;
  if (path === "config.json") return "config";
  return /^assets\/[\w.-]+$/.test(path) ? "asset" : null;
}

/**
 * Whether a page can be kept beside these assets. One that was deployed since needs others, which would be missing.
 * @param {string} page  its HTML
 * @param {readonly string[]} assets  what the page of this build names
 */
export function belongsTogether(page, assets) {
  return assets.every((path) => page.includes(path));
}
