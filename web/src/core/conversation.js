/** A conversation: exchanges of a question and its answer, as a value that never changes. */

import { NEW_ANSWER, afterEvent, isLive, isOver, isUnsent } from "./answer.js";
import { trimmed } from "./history.js";

/** @typedef {import("./answer.js").Answer} Answer */
/** @typedef {import("./answer.js").AnswerEvent} AnswerEvent */

/**
 * @typedef {object} Exchange
 * @property {string} id  a new one for each attempt, so that a late event of an earlier attempt finds nothing
 * @property {string} question
 * @property {Answer} answer
 * @property {Answer} [previousAnswer]  what a retry is to replace: it comes back if the retry is never sent
 * @property {Conversation} [supersededExchanges]  what an edit is to replace, the edited exchange first: kept until the answer has its first text
 * @property {boolean} [isContinued]  the answer so far is sent along, and what comes is added to it
 */

/** @typedef {readonly Exchange[]} Conversation */
/** @typedef {{ role: "user" | "assistant", content: string }} Message */

/** @type {Conversation} */
export const NEW_CONVERSATION = Object.freeze([]);

/**
 * Adds a question; one that was never sent makes room, because it is usually the same one again.
 * It stays where an edit is to be undone.
 * @param {Conversation} conversation
 * @param {string} id
 * @param {string} question
 * @returns {Conversation}
 */
export function withQuestion(conversation, id, question) {
  const last = conversation.at(-1);
  const kept = last && isUnsent(last.answer) && !last.supersededExchanges ? conversation.slice(0, -1) : conversation;
  return [...kept, { id, question, answer: NEW_ANSWER }];
}

/**
 * Asks the last question again, in place of its earlier answer.
 * @param {Conversation} conversation
 * @param {string} id
 * @returns {Conversation}
 */
export function withRetry(conversation, id) {
  const last = conversation.at(-1);
  if (!last || !isOver(last.answer)) return conversation;
  const { question, answer: previousAnswer, supersededExchanges } = last;
  return [
    ...conversation.slice(0, -1),
    { id, question, answer: NEW_ANSWER, previousAnswer, ...(supersededExchanges && { supersededExchanges }) },
  ];
}

/**
 * @param {Conversation} conversation
 * @param {string} id
 * @param {AnswerEvent} event
 * @returns {Conversation}
 */
export function withEvent(conversation, id, event) {
  return conversation.map((exchange) => {
    if (exchange.id !== id) return exchange;
    const answer = afterEvent(exchange.answer, event);
    if (answer === exchange.answer) return exchange;
    const { state, failure } = answer;
    const isBack = isUnsent(answer) && exchange.previousAnswer?.text;
    const after = { ...exchange, answer: isBack ? { .../** @type {Answer} */ (exchange.previousAnswer), state, failure } : answer };
    if (answer.text || state === "done") delete after.supersededExchanges;
    return after;
  });
}

/** What a model is told when it is to go on with an answer that broke off. */
export const CONTINUE =
  // eslint-disable-next-line nexus/visitor-words -- no visitor sees it
  "Your last answer was cut off. Go on exactly where it stopped: repeat nothing, say nothing about this, and keep the format.";

/**
 * Goes on with the last answer, of which only a part has arrived.
 * @param {Conversation} conversation
 * @param {string} id
 * @returns {Conversation}
 */
export function withContinuation(conversation, id) {
  const last = conversation.at(-1);
  if (!last || !isOver(last.answer) || !last.answer.text) return conversation;
  const { text, models } = last.answer;
  const answer = { ...NEW_ANSWER, text, models };
  return [...conversation.slice(0, -1), { id, question: last.question, answer, previousAnswer: last.answer, isContinued: true }];
}

/**
 * Asks an earlier question in other words; it and what came after it are replaced once the answer begins.
 * An edit that brought nothing is not worth keeping: editing it again is to replace what it was to replace.
 * @param {Conversation} conversation
 * @param {string} edited  the exchange that is edited
 * @param {string} id
 * @param {string} question
 * @returns {Conversation}
 */
export function withEdit(conversation, edited, id, question) {
  const index = conversation.findIndex((exchange) => exchange.id === edited);
  if (index < 0) return conversation;
  const [first, ...rest] = conversation.slice(index);
  const supersededExchanges = [...(first.supersededExchanges ?? [first]), ...rest];
  return [...conversation.slice(0, index), { id, question, answer: NEW_ANSWER, supersededExchanges }];
}

/**
 * Brings back what an edit was to replace, in its place; what has been said since then stays after it.
 * @param {Conversation} conversation
 * @param {string} id  of the exchange that the edit began
 * @returns {Conversation}
 */
export function withEditUndone(conversation, id) {
  return conversation.flatMap((exchange) => {
    const isUndone = exchange.id === id && !isLive(exchange.answer);
    return (isUndone && exchange.supersededExchanges) || [exchange];
  });
}

/**
 * @param {Conversation} conversation
 * @param {string} id  of a question that waits
 * @param {string | null} question  its new words; null takes it away
 * @returns {Conversation}
 */
export function withQueuedChanged(conversation, id, question) {
  return conversation.flatMap((exchange) => {
    if (exchange.id !== id || exchange.answer.state !== "queued") return [exchange];
    return question === null ? [] : [{ ...exchange, question }];
  });
}

/**
 * What the service is sent: the exchanges that brought text, and the question that is open.
 * @param {Conversation} conversation
 * @param {string} [id]  of the open question: the last one where none is given
 * @returns {Message[]}
 */
export function messagesOf(conversation, id = conversation.at(-1)?.id) {
  const end = conversation.findIndex((exchange) => exchange.id === id);
  const messages = conversation.slice(0, end + 1).flatMap(({ question, answer, isContinued }, index) => {
    const asked = /** @type {Message} */ ({ role: "user", content: question });
    const answered = /** @type {Message} */ ({ role: "assistant", content: answer.text });
    if (index === end && !isOver(answer)) {
      return isContinued ? [asked, answered, /** @type {Message} */ ({ role: "user", content: CONTINUE })] : [asked];
    }
    return isOver(answer) && answer.text ? [asked, answered] : [];
  });
  return trimmed(messages, conversation[end]?.isContinued ? 3 : 1);
}

/** @param {Conversation} conversation */
export function isBusy(conversation) {
  return conversation.some(({ answer }) => isLive(answer));
}
