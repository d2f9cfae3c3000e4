/** Installs the service worker, once the page has all that it needs itself. */

const WORKER = "sw.js";

export function registerServiceWorker() {
  if (!("serviceWorker" in navigator)) return;
  if (document.readyState === "complete") register();
  else window.addEventListener("load", register, { once: true });
}

function register() {
  navigator.serviceWorker.addEventListener("controllerchange", keepWhatIsUsed, { once: true });
  // private windows and some policies refuse workers: the page works without
  navigator.serviceWorker.register(trusted(WORKER), { updateViaCache: "none" }).catch(() => {});
}

/** Has the worker keep what the page loaded before it: the words, unless they are the English ones, and what draws answers. */
function keepWhatIsUsed() {
  const { href } = new URL("assets/", document.baseURI);
  for (const { name } of performance.getEntriesByType("resource")) if (name.startsWith(href)) fetch(name).catch(() => {});
}

/**
 * Trusted Types take a worker's address from a policy only; this one lets exactly one address pass.
 * @param {string} address
 * @returns {string}
 */
function trusted(address) {
  const { trustedTypes } = /** @type {any} */ (window);
  if (!trustedTypes) return address;
  const createScriptURL = (/** @type {string} */ given) => (given === WORKER ? given : "");
  return trustedTypes.createPolicy("app-sw", { createScriptURL }).createScriptURL(address);
}
