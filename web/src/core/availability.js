/** Whether the service can answer, as far as the page knows, and when to ask again. Time is an argument. */

import { isRecent } from "./clock.js";
import { CLOCK_TOLERANCE_MS, expectedInstant, isOutage, retryInstant } from "./failure.js";
import { calledAt, lookDelay, servingOf } from "./waiting_room.js";

/** @typedef {import("./failure.js").Failure} Failure */

/** @typedef {"unchecked" | "unknown" | "operational" | "degraded" | "exhausted" | "unavailable" | "misconfigured"} Status */

/**
 * @typedef {object} Availability
 * @property {Status} status  `unknown`: the last check failed, which says nothing about the models
 * @property {number | null} retryAt  while down: the first instant at which a model may be tried
 * @property {number} [expectedAt]  while down: when the provider says that a model is back, if that is later
 * @property {string} [reason]  while down: why, as a word of the service
 * @property {number} [refusedAt]  while down: when a question was refused, if that is how it became known
 * @property {boolean} [isRepeated]  while down: known from a waiting message that was tried, so nobody needs to be told again
 * @property {number} [checkedAt]  when it was so, on the service's clock
 * @property {import("./waiting_room.js").Serving} [serving]  while somebody waits in line: who is called
 * @property {number} [releaseAt]  while every model has yet to be tried again: when waiting messages are sent
 */

const POLL_INTERVAL_MS = 60_000;
const POLL_INTERVAL_DOWN_MS = 30_000;
/** While every model has yet to be tried again, the waiting messages of all pages are sent over this time. */
const RELEASE_SPREAD_MS = 10_000;
/** Each interval is longer or shorter by up to this share, so that open pages do not ask in step. */
const JITTER_SHARE = 0.1;
/** Pages that wait for the same instant spread over this time after it. */
const RETRY_SPREAD_MS = 500;
/** The server's instant may be moments away again and again: never ask more often than this. */
const MIN_POLL_INTERVAL_MS = 1_000;

/** The status object costs nobody a function's time, so it is read often: each tenth of what is left, within these bounds. */
const OBJECT_SHARE = 0.1;
const OBJECT_INTERVAL_MS = 2_000;

/** The service may answer checks from what it knew this long ago. */
const STALENESS_MS = 3_000;

const STATUSES_OF_SERVICE = new Set(["operational", "degraded", "exhausted", "unavailable", "misconfigured"]);

/** Served, in what another tab tells while nobody waits. */
const NOBODY = { number: null, at: null, perSecond: null };

/** @type {Availability} */
export const UNCHECKED = Object.freeze({ status: "unchecked", retryAt: null });

/**
 * @param {any} body  the parsed reply of the availability function, or anything else
 * @param {number} now
 * @param {number} random  from 0 up to 1
 * @param {number} [servedAt]  the service's clock
 * @returns {Availability | null} null where the reply makes no sense
 */
export function availabilityOfReply(body, now, random, servedAt = Date.parse(body?.checked_at)) {
  const status = body?.status;
  if (!STATUSES_OF_SERVICE.has(status)) return null;
  const checkedAt = Date.parse(body.checked_at);
  const serving = servingOf(body.serving, Math.abs(now - servedAt) > CLOCK_TOLERANCE_MS ? now - servedAt : 0);
  const told = { status, retryAt: null, ...(!Number.isNaN(checkedAt) && { checkedAt }), ...(serving && { serving }) };
  if (!isDown({ status })) return { ...told, ...(isUntried(body) && { releaseAt: now + RELEASE_SPREAD_MS * random }) };
  const expectedAt = expectedInstant(body, now);
  return { ...told, retryAt: retryInstant(body, now), ...(expectedAt !== null && { expectedAt }), ...(isForLine(body, serving) && { reason: "line" }) };
}

/**
 * Whether a model may be tried, and only those who wait in line keep a new message waiting.
 * @param {any} body
 * @param {import("./waiting_room.js").Serving | null} serving
 */
function isForLine({ status, models }, serving) {
  const mayBeTried = (/** @type {any} */ model) => model?.state === "available" || (serving && model?.state === "probing");
  return status === "exhausted" && Array.isArray(models) && models.some(mayBeTried);
}

/**
 * Whether a message may be tried, but no model is known to answer.
 * @param {any} body
 */
function isUntried({ status, models }) {
  if (status !== "degraded" || !Array.isArray(models)) return false;
  const states = models.map((model) => model?.state);
  return states.includes("probing") && !states.includes("available");
}

/**
 * @param {any} data  what a tab of this or of another version has told
 * @returns {{ found: Availability | null } | null} null where it makes no sense
 */
export function sharedAvailability(data) {
  const found = data?.found;
  if (found === null) return { found };
  const isNumber = (/** @type {unknown} */ value) => value === null || Number.isFinite(value);
  const { status, retryAt, expectedAt = null, releaseAt = null, checkedAt = null, reason = "", serving = NOBODY } = Object(found);
  const { number, at, perSecond } = Object(serving);
  const isSound = [retryAt, expectedAt, releaseAt, checkedAt, number, at, perSecond].every(isNumber) && typeof reason === "string";
  return STATUSES_OF_SERVICE.has(status) && isSound ? { found } : null;
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
  const { refusedAt, retryAt, releaseAt = Infinity } = current;
  const isOlder = refusedAt !== undefined && isRecent(refusedAt, STALENESS_MS, now) && retryAt !== null && retryAt > now;
  if (isOlder && !isDown(found)) return found.serving ? { ...current, serving: found.serving } : current;
  // a check does not say why no model answers, and does not make waiting messages wait anew
  if (current.reason && found.status === "unavailable" && current.status === found.status) return { reason: current.reason, ...found };
  if (found.releaseAt !== undefined && releaseAt <= now + RELEASE_SPREAD_MS) return { ...found, releaseAt };
  return found;
}

/**
 * A failed check takes nothing back that the service has said, until the instant that it named has passed:
 * nobody is locked out for longer by a broken check.
 * @param {Availability} current
 * @param {number} now
 * @returns {Availability}
 */
function afterFailedCheck(current, now) {
  const isStillDown = isDown(current) && current.retryAt !== null && current.retryAt > now;
  return isStillDown ? current : { status: "unknown", retryAt: null };
}

/**
 * What a refused question tells about the service as a whole.
 * @param {Availability} current
 * @param {Failure} failure
 * @param {number} now
 * @param {boolean} [isRepeated]  whether the question had been refused before, and was sent again automatically
 * @returns {Availability}
 */
export function afterRefusal(current, failure, now, isRepeated = false) {
  if (isOutage(failure)) {
    const { code, retryAt, expectedAt, reason } = failure;
    return {
      status: code === "models_exhausted" ? "exhausted" : "unavailable",
      retryAt,
      refusedAt: now,
      ...(expectedAt !== undefined && { expectedAt }),
      ...(reason && { reason }),
      ...(isRepeated && { isRepeated }),
      ...(current.checkedAt !== undefined && { checkedAt: current.checkedAt }),
    };
  }
  if (failure.code === "service_misconfigured") return { status: "misconfigured", retryAt: null };
  return current;
}

/**
 * How long to wait before the next check.
 * @param {Availability} availability
 * @param {number} now
 * @param {number} random  from 0 up to 1
 * @param {boolean} [readsObject]  whether the check is a look at the status object
 * @param {import("./waiting_room.js").Place | null} [place]  the visitor's, in line
 * @returns {number} milliseconds
 */
export function nextCheckDelay(availability, now, random, readsObject = false, place = null) {
  const interval = readsObject && place ? lookDelay(calledAt(place, availability.serving), now) : usualInterval(availability, now, readsObject);
  const jittered = interval * (1 + JITTER_SHARE * (2 * random - 1));
  const { retryAt } = availability;
  if (retryAt === null || retryAt <= now) return jittered;
  return Math.max(MIN_POLL_INTERVAL_MS, Math.min(jittered, retryAt - now + RETRY_SPREAD_MS * random));
}

/** @param {Availability} availability @param {number} now @param {boolean} readsObject */
function usualInterval(availability, now, readsObject) {
  if (!isDown(availability)) return POLL_INTERVAL_MS;
  return readsObject ? objectInterval(availability, now) : POLL_INTERVAL_DOWN_MS;
}

/** @param {Availability} availability @param {number} now */
function objectInterval({ retryAt }, now) {
  const share = retryAt === null ? POLL_INTERVAL_DOWN_MS : OBJECT_SHARE * (retryAt - now);
  return Math.max(OBJECT_INTERVAL_MS, Math.min(share, POLL_INTERVAL_DOWN_MS));
}

/**
 * Whether changes are worth hearing of at once.
 * @param {Availability} availability
 */
export function isImpaired({ status }) {
  return status === "degraded" || status === "exhausted" || status === "unavailable" || status === "misconfigured";
}

/**
 * Whether no model may be tried: a message would be refused.
 * @param {Pick<Availability, "status">} availability
 */
export function isDown({ status }) {
  return status === "exhausted" || status === "unavailable";
}
