/** Whether the service can answer, as far as the page knows, and when to ask again. Time is an argument. */

import { retryInstant } from "./failure.js";

/** @typedef {import("./failure.js").Failure} Failure */

/** @typedef {"unchecked" | "unknown" | "operational" | "degraded" | "exhausted" | "misconfigured"} Status */

/**
 * @typedef {object} Availability
 * @property {Status} status  `unknown`: the last check failed, which says nothing about the models
 * @property {number | null} retryAt  when exhausted: the first instant at which a model may answer
 * @property {number} [refusedAt]  when exhausted: when a question was refused, if that is how it became known
 */

const POLL_INTERVAL_MS = 60_000;
const POLL_INTERVAL_EXHAUSTED_MS = 30_000;
/** Each interval is longer or shorter by up to this share, so that open pages do not ask in step. */
const JITTER_SHARE = 0.1;
/** Pages that wait for the same instant spread over this time after it. */
const RETRY_SPREAD_MS = 500;
/** The server's instant may be moments away again and again: never ask more often than this. */
const MIN_POLL_INTERVAL_MS = 1_000;

/** The service may answer checks from what it knew this long ago. */
const STALENESS_MS = 3_000;

const STATUSES_OF_SERVICE = new Set(["operational", "degraded", "exhausted", "misconfigured"]);

/** @type {Availability} */
export const UNCHECKED = Object.freeze({ status: "unchecked", retryAt: null });

/**
 * @param {any} body  the parsed reply of the availability function, or anything else
 * @param {number} now
 * @returns {Availability | null} null where the reply makes no sense
 */
export function availabilityOfReply(body, now) {
  if (!STATUSES_OF_SERVICE.has(body?.status)) return null;
  const retryAt = body.status === "exhausted" ? retryInstant(body, now) : null;
  return { status: body.status, retryAt };
}

/**
 * @param {any} data  what a tab of this or of another version has told
 * @returns {{ found: Availability | null } | null} null where it makes no sense
 */
export function sharedAvailability(data) {
  const found = data?.found;
  if (found === null) return { found };
  const isInstant = (/** @type {unknown} */ value) => value === null || Number.isFinite(value);
  return STATUSES_OF_SERVICE.has(found?.status) && isInstant(found.retryAt) ? { found } : null;
}

/**
 * What to believe after a check. A refused question is the newest word: a check made right after it may not know of it.
 * @param {Availability} current
 * @param {Availability | null} found  null when the check failed
 * @param {number} now
 * @returns {Availability}
 */
export function afterCheck(current, found, now) {
  if (!found) return afterFailedCheck(current, now);
  const { refusedAt, retryAt } = current;
  const isOlder = refusedAt !== undefined && now - refusedAt < STALENESS_MS && retryAt !== null && retryAt > now;
  return isOlder && !isExhausted(found) ? current : found;
}

/**
 * A failed check takes nothing back that the service has said, until the instant that it named has passed:
 * nobody is locked out for longer by a broken check.
 * @param {Availability} current
 * @param {number} now
 * @returns {Availability}
 */
function afterFailedCheck(current, now) {
  const isStillExhausted = isExhausted(current) && current.retryAt !== null && current.retryAt > now;
  return isStillExhausted ? current : { status: "unknown", retryAt: null };
}

/**
 * What a refused question tells about the service as a whole.
 * @param {Availability} current
 * @param {Failure} failure
 * @param {number} now
 * @returns {Availability}
 */
export function afterRefusal(current, failure, now) {
  if (failure.code === "models_exhausted") return { status: "exhausted", retryAt: failure.retryAt, refusedAt: now };
  if (failure.code === "service_misconfigured") return { status: "misconfigured", retryAt: null };
  return current;
}

/**
 * How long to wait before the next check.
 * @param {Availability} availability
 * @param {number} now
 * @param {number} random  from 0 up to 1
 * @returns {number} milliseconds
 */
export function nextCheckDelay(availability, now, random) {
  const interval = isExhausted(availability) ? POLL_INTERVAL_EXHAUSTED_MS : POLL_INTERVAL_MS;
  const jittered = interval * (1 + JITTER_SHARE * (2 * random - 1));
  const { retryAt } = availability;
  if (retryAt === null || retryAt <= now) return jittered;
  return Math.max(MIN_POLL_INTERVAL_MS, Math.min(jittered, retryAt - now + RETRY_SPREAD_MS * random));
}

/** @param {Availability} availability */
export function isExhausted(availability) {
  return availability.status === "exhausted";
}
