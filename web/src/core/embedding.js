/** What the chat in a frame and `embed.js` around it tell each other, and where that is allowed. */

/** The chat asks who is around it. */
export const HELLO = "nexus: hello";
/** `embed.js` answers; the browser says for which origin. */
export const WELCOME = "nexus: welcome";
/** The visitor has pressed Escape in the chat. */
export const CLOSE = "nexus: close";

/**
 * @param {unknown} given  `embedOrigins` in `config.json`
 * @param {(key: string, value: unknown) => void} ignore
 * @returns {readonly string[]} the origins that may show the chat; none if any is wrong
 */
export function embedOriginsOf(given, ignore) {
  if (given === undefined) return [];
  if (Array.isArray(given) && given.every(isOrigin)) return given;
  ignore("embedOrigins", given);
  return [];
}

/** @param {unknown} text */
function isOrigin(text) {
  return typeof text === "string" && /^https?:\/\/[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
