/** The page's configuration: one file beside it, which a deployment may replace without a build. */

/**
 * @typedef {object} Config
 * @property {string} chatUrl
 * @property {string} availabilityUrl
 * @property {boolean} deviceAnswers  whether the model of the visitor's browser may be offered
 */

/** Addresses are relative to the page, as when one server has both. */
const DEFAULTS = { chatUrl: "api/chat/v1/chat/completions", availabilityUrl: "api/check-availability", deviceAnswers: true };

/** Whoever waits longer gets the defaults: no question waits for this file for ever. */
const TIMEOUT_MS = 5_000;

/**
 * @param {string} base  the page's address
 * @param {typeof globalThis.fetch} [fetch]
 * @param {AbortSignal} [deadline]
 * @param {(line: string) => void} [warn]  tells the operator of a value that is ignored
 * @returns {Promise<Config>} the defaults for whatever the file does not say
 */
export async function loadConfig(base, fetch = globalThis.fetch, deadline = AbortSignal.timeout(TIMEOUT_MS), warn = console.warn) {
  const given = await readJson(new URL("config.json", base), fetch, deadline).catch(() => null);
  /** @template {keyof Config} K @param {K} key @param {(value: any) => boolean} isUsable @returns {Config[K]} */
  const usable = (key, isUsable) => {
    const value = given?.[key];
    if (value !== undefined && isUsable(value)) return value;
    if (value !== undefined) warn(`config.json: ${key} is ignored: ${JSON.stringify(value)}`);
    return DEFAULTS[key];
  };
  const isAddress = (/** @type {unknown} */ value) => typeof value === "string" && value !== "" && URL.canParse(value, base);
  return {
    chatUrl: new URL(usable("chatUrl", isAddress), base).href,
    availabilityUrl: new URL(usable("availabilityUrl", isAddress), base).href,
    deviceAnswers: usable("deviceAnswers", (value) => typeof value === "boolean"),
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
