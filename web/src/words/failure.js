/** What the page says about a failure. */

import { words } from "./words.js";

/** Codes, and reasons, that mean the same to a visitor. */
const SAME = /** @type {Record<string, string>} */ ({
  client_closed_request: "interrupted",
  context_length_exceeded: "request_too_large",
  device_too_long: "device_failed",
  first_byte_timeout: "deadline_exceeded",
  invalid_access_code: "outdated_page",
  invalid_json: "outdated_page",
  invalid_request: "outdated_page",
  invalid_ticket: "outdated_page",
  method_not_allowed: "outdated_page",
  model_not_found: "outdated_page",
  no_usable_answer: "empty_reply",
  not_found: "outdated_page",
  unsupported_media_type: "outdated_page",
  unsupported_parameter: "outdated_page",
});

/**
 * @param {import("../core/failure.js").Failure} failure
 * @returns {{ what: string, next: string }} what happened, and what the visitor can do
 */
export function wordsFor({ code, reason = "" }) {
  const said = words.FAILURES[SAME[reason] ?? SAME[code] ?? code] ?? words.FAILURES.internal_error;
  const what = words.NO_MODEL[reason];
  return what ? { ...said, what } : said;
}

/** @param {string} [reason]  as a word of the service */
export function whyNoModel(reason = "") {
  return words.NO_MODEL[reason] ?? words.FAILURES.models_unavailable.what;
}
