/** What the page says about a failure. */

import { FAILURES } from "./en.js";

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
  const words = FAILURES[SAME[code] ?? code] ?? FAILURES.internal_error;
  return why ? { ...words, what: why } : words;
}
