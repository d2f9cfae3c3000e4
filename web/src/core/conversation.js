/** A conversation: exchanges of a question and its answer, as a value that never changes. */

import { NEW_ANSWER, afterEvent, isOver, isUnsent } from "./answer.js";

/** @typedef {import("./answer.js").Answer} Answer */
/** @typedef {import("./answer.js").AnswerEvent} AnswerEvent */

/**
 * @typedef {object} Exchange
 * @property {number} id  a new one for each attempt, so that a late event of an earlier attempt finds nothing
 * @property {string} question
 * @property {Answer} answer
 * @property {Answer} [earlier]  what a retry is to replace: it comes back if the retry is never sent
 */

/** @typedef {readonly Exchange[]} Conversation */
/** @typedef {{ role: "user" | "assistant", content: string }} Message */

/** @type {Conversation} */
export const NEW_CONVERSATION = Object.freeze([]);

/**
 * Adds a question; one that was never sent makes room, because it is usually the same one again.
 * @param {Conversation} conversation
 * @param {number} id
 * @param {string} question
 * @returns {Conversation}
 */
export function withQuestion(conversation, id, question) {
  const last = conversation.at(-1);
  const kept = last && isUnsent(last.answer) ? conversation.slice(0, -1) : conversation;
  return [...kept, { id, question, answer: NEW_ANSWER }];
}

/**
 * Asks the last question again, in place of its earlier answer.
 * @param {Conversation} conversation
 * @param {number} id
 * @returns {Conversation}
 */
export function withRetry(conversation, id) {
  const last = conversation.at(-1);
  if (!last || !isOver(last.answer)) return conversation;
  return [...conversation.slice(0, -1), { id, question: last.question, answer: NEW_ANSWER, earlier: last.answer }];
}

/**
 * @param {Conversation} conversation
 * @param {number} id
 * @param {AnswerEvent} event
 * @returns {Conversation}
 */
export function withEvent(conversation, id, event) {
  return conversation.map((exchange) => {
    if (exchange.id !== id) return exchange;
    const answer = afterEvent(exchange.answer, event);
    if (answer === exchange.answer) return exchange;
    const { state, failure } = answer;
    const isBack = isUnsent(answer) && exchange.earlier?.text;
    return { ...exchange, answer: isBack ? { .../** @type {Answer} */ (exchange.earlier), state, failure } : answer };
  });
}

/**
 * What the service is sent: the exchanges that brought text, and the question that is open.
 * @param {Conversation} conversation
 * @returns {Message[]}
 */
export function messagesOf(conversation) {
  return conversation.flatMap(({ question, answer }, index) => {
    const asked = /** @type {Message} */ ({ role: "user", content: question });
    if (index === conversation.length - 1 && !isOver(answer)) return [asked];
    return answer.text ? [asked, { role: "assistant", content: answer.text }] : [];
  });
}

/** @param {Conversation} conversation */
export function isBusy(conversation) {
  const last = conversation.at(-1);
  return last !== undefined && !isOver(last.answer);
}
