/** All conversations of a visitor, as values: how they are named, ordered and found. */

import { isFromDevice, isLive, isUnsent } from "./answer.js";
import { withEvent } from "./conversation.js";
import { failureOf } from "./failure.js";

/** @typedef {import("./answer.js").Answer} Answer */
/** @typedef {import("./stored_conversation.js").StoredConversation} StoredConversation */

const TITLE_LENGTH = 60;
export const TITLE_LENGTH_OWN = 200;

/** @param {{ title: string | null, exchanges: readonly { question: string }[] }} kept */
export function titleOf({ title, exchanges }) {
  const line = title ?? exchanges[0]?.question.trim().replace(/\s+/g, " ") ?? "";
  if (title !== null || line.length <= TITLE_LENGTH) return line;
  const cut = line.slice(0, TITLE_LENGTH).replace(/[\ud800-\udbff]$/, ""); // half of a character
  const end = cut.lastIndexOf(" ");
  return `${end > TITLE_LENGTH / 2 ? cut.slice(0, end) : cut}…`;
}

/**
 * Those that hold every word of the query, in a title or in what was said; newest first.
 * @param {Iterable<StoredConversation>} all
 * @param {string} query
 * @returns {StoredConversation[]}
 */
export function found(all, query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const isFound = (/** @type {StoredConversation} */ kept) => {
    if (words.length === 0) return true;
    const text = textOf(kept).toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return [...all].filter(isFound).sort((a, b) => b.updatedAt - a.updatedAt || (a.id < b.id ? -1 : 1));
}

/** @param {StoredConversation} kept */
function textOf(kept) {
  return [titleOf(kept), ...kept.exchanges.flatMap(({ question, answer }) => [question, answer.text])].join("\n");
}

/**
 * What is left where the page that waited for an answer is gone. Whether an unconfirmed question has arrived is not known:
 * it is the visitor who decides about it.
 * @param {StoredConversation} kept
 * @param {string} id  of the exchange
 * @returns {StoredConversation}
 */
export function markInterrupted(kept, id) {
  const lost = kept.exchanges.find((exchange) => exchange.id === id);
  if (!lost || !isLive(lost.answer)) return kept;
  const code = isFromDevice(lost.answer) ? "device_interrupted" : lost.answer.accepted ? "interrupted" : "unconfirmed";
  const failure = failureOf(code);
  return { ...kept, exchanges: withEvent(kept.exchanges, id, { type: "failed", failure }) };
}

/**
 * What a deletion leaves to bring back: nobody waits for its answers any longer.
 * @param {StoredConversation} kept
 * @returns {StoredConversation}
 */
export function withoutLive(kept) {
  const live = kept.exchanges.filter(({ answer }) => isLive(answer));
  const exchanges = live.reduce((all, { id }) => withEvent(all, id, { type: "stopped" }), kept.exchanges);
  return { ...kept, exchanges };
}

/**
 * The words of a draft that has become a message that the service took.
 * @param {StoredConversation | undefined} before
 * @param {StoredConversation} after
 * @param {string} tab  this one, whose draft has been something else since its message waits
 * @returns {string[]}
 */
export function wordsTaken(before, after, tab) {
  const isOpen = (/** @type {string} */ id) => {
    const answer = before?.exchanges.find((exchange) => exchange.id === id)?.answer;
    return answer && !answer.accepted && !isUnsent(answer);
  };
  const isInDraft = (/** @type {Answer} */ answer) => answer.queuedAt === undefined || isOfOtherTab(answer, tab);
  return after.exchanges.filter(({ id, answer }) => answer.accepted && isOpen(id) && isInDraft(answer)).map(({ question }) => question);
}

/**
 * The questions that wait, in all conversations.
 * @param {Iterable<StoredConversation>} all
 * @returns {{ conversationId: string, question: string, answer: Answer }[]}
 */
export function waitingIn(all) {
  return [...all].flatMap(({ id: conversationId, exchanges }) =>
    exchanges.filter(({ answer }) => answer.state === "queued").map(({ question, answer }) => ({ conversationId, question, answer })),
  );
}

/** Whether its message waits, or has waited, because another tab has queued it. @param {Answer} answer @param {string} tab */
export function isOfOtherTab({ queuedAt, tab: queuedBy }, tab) {
  return queuedAt !== undefined && queuedBy !== tab;
}
