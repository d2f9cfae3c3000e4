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
 * Lets what waits, and what is to be gone on with, be tried now: the service says anew what holds.
 * @param {Conversation} conversation
 * @param {number} now
 * @returns {Conversation} the same where the clock has not been set back
 */
export function withClockSetBack(conversation, now) {
  const isAhead = (/** @type {Exchange} */ { answer: { state, queuedAt = 0 }, asked }) =>
    state === "queued" ? queuedAt > now : state === "failed" && (asked?.at ?? 0) > now;
  return conversation.some(isAhead) ? conversation.map((exchange) => (isAhead(exchange) ? setBack(exchange, now) : exchange)) : conversation;
}

/** @param {Exchange} exchange @param {number} now @returns {Exchange} */
function setBack({ asked, answer: { failure, place, ...answer }, ...exchange }, now) {
  return {
    ...exchange,
    asked: asked && { ...asked, at: now },
    answer: {
      ...answer,
      queuedAt: answer.queuedAt && now,
      failure: failure && { ...failure, retryAt: null },
      place: place && { ...place, retryAt: now, refusedAt: now },
    },
  };
}
