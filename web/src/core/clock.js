/**
 * What to do about instants that this machine's clock has not reached yet: it was ahead, and has been set right. Nobody
 * waits for as long as it was wrong.
 */

/** @typedef {import("./conversation.js").Conversation} Conversation */
/** @typedef {import("./conversation.js").Exchange} Exchange */

/**
 * @param {number} instant  something that has happened
 * @param {number} withinMs
 * @param {number} now
 * @returns {boolean} whether that was less than this long ago
 */
export function isRecent(instant, withinMs, now) {
  return instant <= now && now - instant < withinMs;
}

/**
 * Moves what waits, and what is to be gone on with, back to now: all instants of a question by the same time.
 * @param {Conversation} conversation
 * @param {number} now
 * @returns {Conversation} the same where the clock has not been set back
 */
export function withClockSetBack(conversation, now) {
  const isAhead = (/** @type {Exchange} */ { answer, asked }) =>
    (answer.state === "queued" && (answer.queuedAt ?? 0) > now) || (answer.state === "failed" && (asked?.at ?? 0) > now);
  return conversation.some(isAhead) ? conversation.map((exchange) => (isAhead(exchange) ? setBack(exchange, now) : exchange)) : conversation;
}

/** @param {Exchange} exchange @param {number} now @returns {Exchange} */
function setBack(exchange, now) {
  const { answer, asked } = exchange;
  const { failure, place, queuedAt } = answer;
  const byMs = (answer.state === "queued" ? (queuedAt ?? 0) : (asked?.at ?? 0)) - now;
  const earlier = (/** @type {number | null} */ instant) => (instant === null ? null : instant - byMs);
  return {
    ...exchange,
    ...(asked && { asked: { ...asked, at: Math.min(asked.at, now) } }),
    answer: {
      ...answer,
      ...(queuedAt !== undefined && { queuedAt: Math.min(queuedAt, now) }),
      failure: failure && { ...failure, retryAt: earlier(failure.retryAt) },
      ...(place && { place: { ...place, retryAt: earlier(place.retryAt), refusedAt: place.refusedAt - byMs } }),
    },
  };
}
