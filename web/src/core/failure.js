/**
 * What can go wrong with an answer.
 *
 * Every failure has a code: the service's own (`error.code` in its reply) or one of the page's.
 */

import { placeOf } from "./waiting_room.js";

/**
 * @typedef {object} Failure
 * @property {string} code
 * @property {number | null} retryAt  when it is worth trying again, in milliseconds of this machine's clock
 * @property {string | null} requestId  what the operator can look up
 * @property {number} [expectedAt]  when the provider says that a model is back, where that is later than `retryAt`
 * @property {string} [reason]  why no model answers, as a word of the service
 * @property {import("./waiting_room.js").Place} [place]  in line, where there is one
 */

/**
 * A difference between `retry_at` and `retry_after_seconds` beyond this means that the visitor's clock is wrong;
 * below it, it is rounding and the way over the network.
 */
export const CLOCK_TOLERANCE_MS = 5_000;

/** Codes of replies that carry none, such as those of a proxy in between. */
const CODE_OF_STATUS = /** @type {Record<number, string>} */ ({
  413: "request_too_large",
  429: "visitor_rate_limited",
  503: "unavailable",
  504: "deadline_exceeded",
});

/** Codes at which the same words, sent again, can only fail again. */
const POINTLESS_TO_RETRY = new Set(["context_length_exceeded", "request_too_large"]);

/**
 * A failure that the page itself has found.
 * @param {string} code
 * @returns {Failure}
 */
export function failureOf(code) {
  return { code, retryAt: null, requestId: null };
}

/**
 * The failure that a reply tells of: its body if it is the service's, otherwise its status.
 * @param {number} status
 * @param {unknown} body  parsed JSON, or undefined
 * @param {number} now
 * @returns {Failure}
 */
export function failureOfReply(status, body, now) {
  const error = body && typeof body === "object" ? /** @type {any} */ (body).error : undefined;
  if (!error || typeof error !== "object") return failureOf(CODE_OF_STATUS[status] ?? "unexpected_reply");
  const code = typeof error.code === "string" ? error.code : (CODE_OF_STATUS[status] ?? "internal_error");
  const expectedAt = expectedInstant(error, now);
  const retryAt = retryInstant(error, now);
  const place = placeOf(error, retryAt, now);
  return {
    code,
    retryAt,
    requestId: typeof error.request_id === "string" ? error.request_id : null,
    ...(expectedAt !== null && { expectedAt }),
    ...(typeof error.reason === "string" && { reason: error.reason }),
    ...(place && { place }),
  };
}

/**
 * Whether the failure says that no model may be tried, and not something about this message.
 * @param {Failure} failure
 */
export function isOutage({ code, retryAt }) {
  return code === "models_exhausted" || (code === "models_unavailable" && retryAt !== null);
}

/**
 * The instant at which waiting ends, on this machine's clock, which may differ from the server's.
 * @param {any} fields  may have `retry_at` and `retry_after_seconds`
 * @param {number} now
 * @returns {number | null}
 */
export function retryInstant(fields, now) {
  const instant = typeof fields?.retry_at === "string" ? Date.parse(fields.retry_at) : NaN;
  const seconds = fields?.retry_after_seconds;
  const byDuration = Number.isFinite(seconds) ? now + seconds * 1000 : NaN;
  if (Number.isNaN(byDuration)) return Number.isNaN(instant) ? null : instant;
  if (Number.isNaN(instant)) return seconds > 0 ? byDuration : null;
  return Math.abs(instant - byDuration) <= CLOCK_TOLERANCE_MS ? instant : byDuration;
}

/**
 * When the provider says that a model is back, on this machine's clock.
 * @param {any} fields  may have `expected_at`, and what `retryInstant` reads
 * @param {number} now
 * @returns {number | null} null where that is not later than the next try
 */
export function expectedInstant(fields, now) {
  const retryAt = retryInstant(fields, now);
  const later = Date.parse(fields?.expected_at) - Date.parse(fields?.retry_at);
  return retryAt !== null && later > 0 ? retryAt + later : null;
}

/** @param {Failure} failure */
export function canRetry(failure) {
  return !POINTLESS_TO_RETRY.has(failure.code);
}
