/** The page's configuration: one file beside it, which a deployment may replace without a build. */

/**
 * @typedef {object} Config
 * @property {string} chatUrl
 * @property {string} availabilityUrl
 */

/** Relative to the page, as when one server has both. */
const DEFAULTS = { chatUrl: "api/chat/v1/chat/completions", availabilityUrl: "api/check-availability" };

/** Whoever waits longer gets the defaults: no question waits for this file for ever. */
const TIMEOUT_MS = 5_000;

/**
 * @param {string} base  the page's address
 * @param {typeof globalThis.fetch} [fetch]
 * @param {AbortSignal} [deadline]
 * @returns {Promise<Config>} the defaults for whatever the file does not say
 */
export async function loadConfig(base, fetch = globalThis.fetch, deadline = AbortSignal.timeout(TIMEOUT_MS)) {
  const given = await readJson(new URL("config.json", base), fetch, deadline).catch(() => null);
  return {
    chatUrl: resolved(given?.chatUrl, DEFAULTS.chatUrl, base),
    availabilityUrl: resolved(given?.availabilityUrl, DEFAULTS.availabilityUrl, base),
  };
}

/**
 * @param {URL} url
 * @param {typeof globalThis.fetch} fetch
 * @param {AbortSignal} signal
 * @returns {Promise<any>}
 */
async function readJson(url, fetch, signal) {
  const response = await fetch(url, { cache: "no-cache", credentials: "omit", signal });
  return response.ok ? response.json() : null;
}

/**
 * @param {unknown} url
 * @param {string} fallback
 * @param {string} base
 */
function resolved(url, fallback, base) {
  const usable = typeof url === "string" && url !== "" && URL.canParse(url, base);
  return new URL(usable ? url : fallback, base).href;
}
