/** The page's configuration: one file beside it, which a deployment may replace without a build. */

/**
 * @typedef {object} Config
 * @property {string} chatUrl
 * @property {string} availabilityUrl
 */

/** Relative to the page, as when one server has both. */
const DEFAULTS = { chatUrl: "api/chat/v1/chat/completions", availabilityUrl: "api/check-availability" };

/**
 * @param {string} base  the page's address
 * @param {typeof globalThis.fetch} [fetch]
 * @returns {Promise<Config>} the defaults for whatever the file does not say
 */
export async function loadConfig(base, fetch = globalThis.fetch) {
  const given = await readJson(new URL("config.json", base), fetch).catch(() => null);
  return {
    chatUrl: resolved(given?.chatUrl, DEFAULTS.chatUrl, base),
    availabilityUrl: resolved(given?.availabilityUrl, DEFAULTS.availabilityUrl, base),
  };
}

/**
 * @param {URL} url
 * @param {typeof globalThis.fetch} fetch
 * @returns {Promise<any>}
 */
async function readJson(url, fetch) {
  const response = await fetch(url, { cache: "no-cache", credentials: "omit" });
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
