/**
 * When a message that waits in line is to be sent. A place is a number, and numbers are called at a pace, so every page can
 * tell alone. Time is an argument.
 *
 * 1. Nobody comes before being called: that would be refused again.
 * 2. The newest word counts: a refusal, or a pace that was set since.
 * 3. Whoever is next, or was called and refused all the same, comes when the refusal says, and before that only if the pace
 *    says so and `AGAIN_MS` have passed.
 */

/** @typedef {import("./stored_conversation.js").StoredConversation} StoredConversation */

/**
 * @typedef {object} Place  as the last refusal gave it
 * @property {string} ticket  to be sent with the next request for this answer
 * @property {number} number
 * @property {number} position  how many are called up to this one, itself included
 * @property {number | null} retryAt  when it is expected to be called; null: nobody knows
 * @property {number} refusedAt
 */

/**
 * @typedef {object} Serving  who is called
 * @property {number} number  that was called at `at`
 * @property {number} at  may lie in the future, where no model may be tried before
 * @property {number | null} perSecond  how many are called from then on; null: nobody knows
 * @property {boolean} [isGuess]  whether that may soon change, so that no time is told
 */

/** Looking at the status object costs no function's time: each tenth of what is left is often enough, and this is the least. */
const LOOK_SHARE = 0.1;
const SHORTEST_LOOK_MS = 2_000;

/** The minute may be full, whoever is called. */
const AGAIN_MS = 30_000;

export const SECOND_MS = 1_000;

/**
 * @param {any} error  of a refusal
 * @param {number | null} retryAt
 * @param {number} now
 * @returns {Place | null} null where there is no line
 */
export function placeOf({ ticket, number, position }, retryAt, now) {
  return ticket && Number.isFinite(number) && position >= 1 ? { ticket, number, position, retryAt, refusedAt: now } : null;
}

/**
 * Whether a model may be tried, and a new message gets a place behind those who wait in line.
 * @param {Pick<import("./availability.js").Availability, "status" | "reason">} availability
 */
export function givesPlaces({ status, reason }) {
  return status === "exhausted" && reason === "line";
}

/**
 * @param {any} serving  of the status object
 * @param {number} shift  what this machine's clock is ahead of the server's, in milliseconds
 * @returns {Serving | null} null while nobody waits
 */
export function servingOf(serving, shift) {
  const { number, at, per_second: told, pace: perSecond = told } = Object(serving);
  const instant = Date.parse(at) + shift;
  if (!Number.isFinite(number) || Number.isNaN(instant)) return null;
  return { number, at: instant, perSecond: perSecond > 0 ? perSecond : null, isGuess: !(told > 0) };
}

/**
 * When to come.
 * @param {Place} place
 * @param {Serving | undefined} serving
 * @returns {number | null} null: nobody knows
 */
export function calledAt({ number, position, retryAt, refusedAt }, serving) {
  if (!serving || serving.at <= refusedAt) return retryAt;
  const turn = turnOf(number, serving);
  // somebody has to come, or nobody would ever know
  if (turn === null) return retryAt && Math.max(retryAt, serving.at);
  return position > 1 ? turn : Math.min(retryAt ?? Infinity, Math.max(turn, refusedAt + AGAIN_MS));
}

/**
 * When a number is called at this pace.
 * @param {number} number
 * @param {Serving} serving
 * @returns {number | null} null: nobody knows
 */
export function turnOf(number, serving) {
  const ahead = number - serving.number;
  if (ahead <= 0) return serving.at;
  return serving.perSecond === null ? null : serving.at + (ahead / serving.perSecond) * SECOND_MS;
}

/**
 * How long to wait before the next look at who is called.
 * @param {number | null} turnAt  null: nobody knows
 * @param {number} now
 */
export function lookDelay(turnAt, now) {
  return Math.max(SHORTEST_LOOK_MS, LOOK_SHARE * ((turnAt ?? now) - now));
}

/**
 * The first message that waits in line.
 * @param {readonly (StoredConversation | undefined)[]} conversations  the open one first
 * @returns {{ conversationId: string, id: string, place: Place } | null}
 */
export function firstInLine(conversations) {
  for (const each of conversations) {
    for (const { id, answer } of each?.exchanges ?? []) {
      if (each && answer.place && answer.state === "queued") return { conversationId: each.id, id, place: answer.place };
    }
  }
  return null;
}
