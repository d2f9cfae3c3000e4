/** The page's configuration: one file beside it, which a deployment may replace without a build. */

/**
 * @typedef {object} Config
 * @property {string} chatUrl
 * @property {string} availabilityUrl
 * @property {boolean} deviceAnswers  whether the model of the visitor's browser may be offered
 * @property {boolean} feedback  whether visitors may rate answers
 * @property {Record<string, unknown>} own  what else the operator has set, not checked yet
 */

/** Addresses are relative to the page, as when one server has both. */
const DEFAULTS = { chatUrl: "api/chat/v1/chat/completions", availabilityUrl: "api/check-availability", deviceAnswers: true, feedback: false };

/** Whoever waits longer gets the defaults: no question waits for this file for ever. */
const TIMEOUT_MS = 5_000;

/**
 * @param {string} base  the page's address
 * @param {typeof globalThis.fetch} [fetch]
 * @param {AbortSignal} [deadline]
 * @param {typeof warnOfIgnored} [ignore]  tells the operator of a value that is ignored
 * @returns {Promise<Config>} the defaults for whatever the file does not say
 */
export async function loadConfig(base, fetch = globalThis.fetch, deadline = AbortSignal.timeout(TIMEOUT_MS), ignore = warnOfIgnored) {
  const given = { ...(await readJson(new URL("config.json", base), fetch, deadline).catch(() => null)) };
  /** @template {keyof typeof DEFAULTS} K @param {K} key @param {(value: any) => boolean} isUsable @returns {(typeof DEFAULTS)[K]} */
  const usable = (key, isUsable) => {
    const value = given[key];
    delete given[key];
    if (value !== undefined && isUsable(value)) return value;
    if (value !== undefined) ignore(key, value);
    return DEFAULTS[key];
  };
  const isAddress = (/** @type {unknown} */ value) => typeof value === "string" && value !== "" && URL.canParse(value, base);
  const isFlag = (/** @type {unknown} */ value) => typeof value === "boolean";
  return {
    chatUrl: new URL(usable("chatUrl", isAddress), base).href,
    availabilityUrl: new URL(usable("availabilityUrl", isAddress), base).href,
    deviceAnswers: usable("deviceAnswers", isFlag),
    feedback: usable("feedback", isFlag),
    own: given,
  };
}

/** @param {string} key @param {unknown} value */
export function warnOfIgnored(key, value) {
  console.warn(`config.json: ${key} is ignored: ${JSON.stringify(value).slice(0, 100)}`);
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
