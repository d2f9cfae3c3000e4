/** What the status object beside the page, and an event of the stream, tell. Time is an argument. */

import { availabilityOfReply, isDown } from "./availability.js";

/** @typedef {import("./availability.js").Availability} Availability */

/** Two instants closer together than this are the same one, told by different clocks. */
const SAME_INSTANT_MS = 1_500;

/**
 * What an event of the stream tells: the status object as it was when it was checked, which is now.
 * @param {any} body
 * @param {number} now
 * @param {number} random  from 0 up to 1
 * @returns {Availability | null} null where it makes no sense
 */
export function availabilityOfEvent(body, now, random) {
  const servedAt = Date.parse(body?.checked_at);
  return availabilityOfReply(withSeconds(body, servedAt), now, random, servedAt);
}

/**
 * What the status object tells beyond what is known. It was written at the last change, and nobody rewrites it when
 * its instant has come.
 * @param {any} body  the parsed object, or anything else
 * @param {Availability} current
 * @param {{ servedAt: number, now: number, random: number }} clocks  the server's, this machine's, and chance from 0 up to 1
 * @returns {Availability | null} null where it tells nothing, such as where nobody keeps it up to date
 */
export function availabilityOfObject(body, current, { servedAt, now, random }) {
  const found = availabilityOfReply(withSeconds(body, servedAt), now, random, servedAt);
  if (found?.checkedAt === undefined) return null;
  const { checkedAt, retryAt } = found;
  const isAhead = isDown(found) && retryAt !== null && retryAt > now;
  const isNewer = current.checkedAt === undefined ? isAhead : checkedAt > current.checkedAt;
  if (!isNewer && !isSameOutage(found, current) && !isSameLine(found, current)) return null;
  const isOver = isDown(found) && retryAt !== null && !isAhead;
  return isOver ? availabilityOfReply({ ...body, status: "degraded", models: [{ state: "probing" }] }, now, random, servedAt) : found;
}

/** @param {Availability} found @param {Availability} current */
function isSameOutage(found, current) {
  return isDown(found) && found.status === current.status && isSameInstant(found.retryAt, current.retryAt);
}

/** @param {Availability} found @param {Availability} current */
function isSameLine({ status, serving }, current) {
  return status === current.status && serving?.number === current.serving?.number && isSameInstant(serving?.at, current.serving?.at);
}

/** @param {number | null} [one] @param {number | null} [other] */
function isSameInstant(one, other) {
  return typeof one === "number" && Math.abs(one - Number(other)) <= SAME_INSTANT_MS;
}

/**
 * The same with the time that is left, which holds for a machine whose clock is wrong too.
 * @param {any} body
 * @param {number} servedAt  the server's clock
 */
function withSeconds(body, servedAt) {
  const seconds = (Date.parse(body?.retry_at) - servedAt) / 1_000;
  return Number.isNaN(seconds) ? body : { ...body, retry_after_seconds: seconds };
}
