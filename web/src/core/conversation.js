/** A conversation: exchanges of a question and its answer, as a value that never changes. */

import { NEW_ANSWER, afterEvent, isFromDevice, isLive, isOver, isUnsent, nextAnswer, withoutPlace } from "./answer.js";
import { trimmed } from "./history.js";

/** @typedef {import("./answer.js").Answer} Answer */
/** @typedef {import("./answer.js").AnswerEvent} AnswerEvent */
/** @typedef {import("./attachments.js").Attachment} Attachment */

/**
 * @typedef {object} Exchange
 * @property {string} id  stays the same, whatever becomes of the exchange
 * @property {number} attempt  grows with each request for the answer, so that a late event of an earlier one finds nothing
 * @property {string} question
 * @property {readonly Attachment[]} [attachments]  files that belong to the question
 * @property {Answer} answer
 * @property {{ at: number, by: string }} [asked]  when the service was last asked for the answer, and the tab that did so
 * @property {number} [continuations]  how often the page went on with the answer by itself
 * @property {boolean} [isInDraft]  the question was not sent, and its words are in the textbox
 * @property {Answer} [previousAnswer]  what a retry is to replace: it comes back if the retry is never sent, and one of this device also if it brings no text
 * @property {Conversation} [supersededExchanges]  what an edit is to replace, the edited exchange first: kept until the answer has its first text
 * @property {boolean} [isContinued]  the answer so far is sent along, and what comes is added to it
 */

/** @typedef {readonly Exchange[]} Conversation */
/** @typedef {{ role: "user" | "assistant", content: string }} Message */

/** @type {Conversation} */
export const NEW_CONVERSATION = Object.freeze([]);

/**
 * Adds a question. One that was never sent makes room where this one was made of its words, unless an edit is to be undone.
 * @param {Conversation} conversation
 * @param {string} id
 * @param {string} question
 * @param {readonly Attachment[]} [attachments]
 * @returns {Conversation}
 */
export function withQuestion(conversation, id, question, attachments = []) {
  const last = conversation.at(-1);
  const isAgain = last && isUnsent(last.answer) && (last.isInDraft || last.question === question);
  const kept = isAgain && !last.supersededExchanges ? conversation.slice(0, -1) : conversation;
  return [...kept, { id, attempt: 1, question, ...(attachments.length > 0 && { attachments }), answer: NEW_ANSWER }];
}

/**
 * Asks a question again, in place of its earlier answer.
 * @param {Conversation} conversation
 * @param {string} [id]  the last one where none is given
 * @returns {Conversation}
 */
export function withRetry(conversation, id = conversation.at(-1)?.id) {
  return conversation.map((exchange) => {
    if (exchange.id !== id || !isOver(exchange.answer)) return exchange;
    return { ...again(exchange), answer: NEW_ANSWER, previousAnswer: exchange.answer };
  });
}

/**
 * Goes on with the last answer, of which only a part has arrived.
 * @param {Conversation} conversation
 * @returns {Conversation}
 */
export function withContinuation(conversation) {
  const last = conversation.at(-1);
  return last && isOver(last.answer) && last.answer.text ? [...conversation.slice(0, -1), continued(last)] : conversation;
}

/**
 * What the page does by itself with an answer that broke off: it goes on after the text that has arrived, if any.
 * @param {Conversation} conversation
 * @param {string} id
 * @returns {Conversation}
 */
export function withAutomaticContinuation(conversation, id) {
  return conversation.map((exchange) => {
    if (exchange.id !== id || !isOver(exchange.answer)) return exchange;
    const next = exchange.answer.text ? continued(exchange) : { ...again(exchange), answer: nextAnswer(exchange.answer) };
    return { ...next, continuations: (exchange.continuations ?? 0) + 1 };
  });
}

/** @param {Exchange} exchange @returns {Exchange} */
function continued(exchange) {
  const { text, models } = exchange.answer;
  return { ...again(exchange), answer: { ...nextAnswer(exchange.answer), text, models }, previousAnswer: exchange.answer, isContinued: true };
}

/** The same exchange, asked once more. @param {Exchange} exchange @returns {Exchange} */
function again(exchange) {
  const next = { ...exchange, attempt: exchange.attempt + 1 };
  delete next.previousAnswer;
  delete next.isContinued;
  delete next.continuations;
  return next;
}

/**
 * @param {Conversation} conversation
 * @param {string} id
 * @param {AnswerEvent} event
 * @param {number} [attempt]  to which it belongs: the latest where none is given
 * @returns {Conversation}
 */
export function withEvent(conversation, id, event, attempt) {
  return conversation.map((exchange) => {
    if (exchange.id !== id || (attempt !== undefined && exchange.attempt !== attempt)) return exchange;
    const answer = afterEvent(exchange.answer, event);
    if (answer === exchange.answer) return exchange;
    const { state, failure, place } = answer;
    const before = exchange.previousAnswer;
    const isBack = before?.text && (isUnsent(answer) || (isFromDevice(before) && isOver(answer) && state !== "done" && !answer.text));
    const after = { ...exchange, answer: isBack ? { ...withoutPlace(before), state, failure, ...(place && { place }) } : answer };
    if (answer.text || state === "done") delete after.supersededExchanges;
    return after;
  });
}

/**
 * An answer that broke off is not gone on with.
 * @param {Conversation} conversation
 * @param {string | null} id
 * @returns {Conversation}
 */
export function withStop(conversation, id) {
  return conversation.map((exchange) =>
    exchange.id === id && exchange.answer.state === "failed" ? { ...exchange, answer: { ...exchange.answer, state: "stopped", failure: null } } : exchange,
  );
}

/** @param {Conversation} conversation @param {string} id @param {Partial<Exchange>} fields @returns {Conversation} */
export function withFields(conversation, id, fields) {
  return conversation.map((exchange) => (exchange.id === id ? { ...exchange, ...fields } : exchange));
}

/**
 * Asks an earlier question in other words; it and what came after it are replaced once the answer begins.
 * An edit that brought nothing is not worth keeping: editing it again is to replace what it was to replace.
 * @param {Conversation} conversation
 * @param {string} id  of the exchange that is edited, and stays the same one
 * @param {string} question
 * @returns {Conversation}
 */
export function withEdit(conversation, id, question) {
  const index = conversation.findIndex((exchange) => exchange.id === id);
  if (index < 0) return conversation;
  const [first, ...rest] = conversation.slice(index);
  const supersededExchanges = [...(first.supersededExchanges ?? [first]), ...rest];
  return [...conversation.slice(0, index), { ...again(first), question, answer: NEW_ANSWER, supersededExchanges }];
}

/**
 * Brings back what an edit was to replace, in its place; what has been said since then stays after it.
 * @param {Conversation} conversation
 * @param {string} id  of the exchange that was edited
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
 * @param {string | null} question  its new words, which are another message to the line; null takes it away
 * @returns {Conversation}
 */
export function withQueuedChanged(conversation, id, question) {
  return conversation.flatMap((exchange) => {
    if (exchange.id !== id || exchange.answer.state !== "queued") return [exchange];
    const answer = exchange.answer.place ? { ...withoutPlace(exchange.answer), failure: null } : exchange.answer;
    return question === null ? [] : [{ ...exchange, question, answer }];
  });
}

/**
 * What the service is sent: the exchanges that brought text, and the question that is open. An answer that is to go on
 * comes last.
 * @param {Conversation} conversation
 * @param {string} [id]  of the open question: the last one where none is given
 * @returns {Message[]}
 */
export function messagesOf(conversation, id = conversation.at(-1)?.id) {
  const end = conversation.findIndex((exchange) => exchange.id === id);
  const messages = conversation.slice(0, end + 1).flatMap(({ question, answer, isContinued }, index) => {
    const asked = /** @type {Message} */ ({ role: "user", content: question });
    const answered = /** @type {Message} */ ({ role: "assistant", content: answer.text });
    if (index === end && !isOver(answer)) return isContinued ? [asked, answered] : [asked];
    return isOver(answer) && answer.text ? [asked, answered] : [];
  });
  return trimmed(messages, conversation[end]?.isContinued ? 2 : 1);
}

/** @param {Conversation} conversation */
export function isBusy(conversation) {
  return conversation.some(({ answer }) => isLive(answer));
}
