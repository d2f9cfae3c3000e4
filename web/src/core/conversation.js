/** A conversation: exchanges of a question and its answer, as a value that never changes. */

import { NEW_ANSWER, afterEvent, isLive, isOver, isUnsent, nextAnswer, withoutPlace } from "./answer.js";
import { trimmed } from "./history.js";
import { isRewording } from "./rewording.js";
import { withVersion, withoutVersion } from "./versions.js";

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
 * @property {Answer} [previousAnswer]  what is gone on with: it comes back if that is never sent
 * @property {import("./versions.js").Versions} [versions]  the other versions of the question and of its answer
 * @property {boolean} [isContinued]  the answer so far is sent along, and what comes is added to it
 */

/** @typedef {readonly Exchange[]} Conversation  the open path of its tree, see core/versions.js */
/** @typedef {{ role: "user" | "assistant", content: string }} Message */

/** @type {Conversation} */
export const NEW_CONVERSATION = Object.freeze([]);

/**
 * Adds a question. One that was never sent makes room where this one says the same or was made of its words, unless it has
 * other versions.
 * @param {Conversation} conversation
 * @param {string} id
 * @param {string} question
 * @param {readonly Attachment[]} [attachments]
 * @param {string} [givenBack]  the exchange whose words the visitor got back and changed
 * @param {string | null} [edited]  the one that is being rewritten, which stays
 * @returns {Conversation}
 */
export function withQuestion(conversation, id, question, attachments = [], givenBack = undefined, edited = null) {
  const last = conversation.at(-1);
  const hasFiles = () => (last?.attachments ?? []).every((file) => attachments.some((other) => other.id === file.id));
  const isMadeOf = last && (last.id === givenBack ? isRewording(last.question, question) : last.question === question && hasFiles());
  const makesRoom = isMadeOf && isUnsent(last.answer) && !last.versions && last.id !== edited;
  const kept = makesRoom ? conversation.slice(0, -1) : conversation;
  return [...kept, { id, attempt: 1, question, ...(attachments.length > 0 && { attachments }), answer: NEW_ANSWER }];
}

/**
 * Asks a question again, in the same words or others: a new version, which ends the path. One that has brought nothing,
 * and that nothing follows, is not worth keeping: it is asked again in its place.
 * @param {Conversation} conversation
 * @param {string} id  of the exchange that is asked again
 * @param {string} newId  of the new version
 * @param {string} [question]  its words: the same where none are given
 * @returns {Conversation} the one that is to be answered comes last
 */
export function withQuestionAgain(conversation, id, newId, question) {
  const asked = conversation.find((exchange) => exchange.id === id);
  if (!asked || !isOver(asked.answer)) return conversation;
  const next = { ...again(asked), question: question ?? asked.question, answer: NEW_ANSWER };
  if (asked === conversation.at(-1) && hasNothing(asked.answer)) return [...conversation.slice(0, -1), next];
  const { attachments } = asked;
  return withVersion(conversation, id, { id: newId, attempt: 1, question: next.question, ...(attachments && { attachments }), answer: NEW_ANSWER });
}

/** @param {Answer} answer  whether it is over, and has brought nothing */
export function hasNothing(answer) {
  return isOver(answer) && !answer.text && answer.state !== "done";
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
    return { ...exchange, answer: before?.text && isUnsent(answer) ? { ...withoutPlace(before), state, failure, ...(place && { place }) } : answer };
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
 * Takes a version away that has brought nothing, and opens the one before it.
 * @param {Conversation} conversation
 * @param {string} id
 * @returns {Conversation}
 */
export function withVersionUndone(conversation, id) {
  const found = conversation.find((exchange) => exchange.id === id);
  return found?.versions && !isLive(found.answer) ? withoutVersion(conversation, id) : conversation;
}

/**
 * @param {Conversation} conversation
 * @param {string} id  of a question that waits
 * @param {string | null} question  its new words, which are another message to the line; null takes it away
 * @returns {Conversation}
 */
export function withQueuedChanged(conversation, id, question) {
  const queued = conversation.find((exchange) => exchange.id === id && exchange.answer.state === "queued");
  if (!queued) return conversation;
  const answer = queued.answer.place ? { ...withoutPlace(queued.answer), failure: null } : queued.answer;
  return question === null ? withoutVersion(conversation, id) : withFields(conversation, id, { question, answer });
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
