/** The model that the visitor's browser has (Chrome's Prompt API), as far as it is known without a browser. */

import { trimmed } from "./history.js";

/** @typedef {"unavailable" | "downloadable" | "downloading" | "available"} DeviceAvailability  in the words of the Prompt API */

/** What it can write, says https://developer.chrome.com/docs/ai/prompt-api. Whatever else it writes, nobody has checked. */
const SUPPORTED = ["en", "es", "ja", "de", "fr"];

/** Its context window holds some 9,000 tokens, and in some scripts a character is one. */
const LIMITS = { messages: 40, characters: 6_000, messageCharacters: 6_000, bytes: 1_048_576 };

/**
 * @param {readonly string[]} preferred  the visitor's languages, as BCP 47 tags
 * @returns {string[]} those that the model can be expected to write in: English where there is no other
 */
export function deviceLanguages(preferred) {
  const wanted = new Set(preferred.map((tag) => tag.toLowerCase().split("-")[0]));
  const found = SUPPORTED.filter((language) => wanted.has(language));
  return found.length ? found : ["en"];
}

/**
 * @param {import("./conversation.js").Message[]} messages  the open question last
 * @returns {import("./conversation.js").Message[]} the newest that fit into the model's context
 */
export function deviceMessages(messages) {
  return trimmed(messages, 1, LIMITS);
}
