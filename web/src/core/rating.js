/** What a visitor says of an answer: a thumb, and perhaps why. The service knows the same words, see docs/api.md. */

import { isFromDevice } from "./answer.js";

/** @typedef {"up" | "down"} Thumb */
/** @typedef {{ thumb: Thumb, reason?: Reason }} Rating */
/** @typedef {(typeof REASONS)[number]} Reason */
/** @typedef {import("./conversation.js").Conversation} Conversation */
/** @typedef {import("./conversation.js").Exchange} Exchange */

export const REASONS = /** @type {const} */ (["wrong", "incomplete", "off_topic", "too_long", "unsafe", "other"]);

/** The service counts no ratings of older answers. */
const RATEABLE_MS = 86_400_000;

/**
 * Whether a rating of an answer can be given, or was.
 * @param {Exchange} exchange
 * @param {number} now
 */
export function canBeRated({ answer, asked }, now) {
  if (answer.state !== "done" || isFromDevice(answer)) return false;
  const isRecent = asked !== undefined && now - asked.at < RATEABLE_MS;
  return answer.rating !== undefined || (answer.hint !== undefined && isRecent);
}

/**
 * @param {Conversation} conversation
 * @param {string} id  of the exchange
 * @param {Rating} rating
 * @returns {Conversation}
 */
export function withRating(conversation, id, rating) {
  return conversation.map((exchange) => (exchange.id === id ? { ...exchange, answer: { ...exchange.answer, rating } } : exchange));
}
