/** What the page says about a failure. */

import { words } from "./words.js";

/** Codes that mean the same to a visitor. */
const SAME = /** @type {Record<string, string>} */ ({
  context_length_exceeded: "request_too_large",
  device_too_long: "device_failed",
  first_byte_timeout: "deadline_exceeded",
  invalid_json: "outdated_page",
  invalid_request: "outdated_page",
  method_not_allowed: "outdated_page",
  not_found: "outdated_page",
  unsupported_media_type: "outdated_page",
});

/**
 * @param {import("../core/failure.js").Failure} failure
 * @returns {{ what: string, next: string }} what happened, and what the visitor can do
 */
export function wordsFor({ code, why }) {
  const said = words.FAILURES[SAME[code] ?? code] ?? words.FAILURES.internal_error;
  return why ? { ...said, what: reasonOf(why) } : said;
}

/**
 * Why no model answers.
 * @param {string} [why]  as the service says it, which speaks English alone
 */
export function reasonOf(why) {
  return why && words.LOCALE === "en" ? why : words.FAILURES.models_unavailable.what;
}
