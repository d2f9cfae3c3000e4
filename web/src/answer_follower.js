/** Sends questions and puts what comes back into their conversations, whichever is open. */

import { isLive, isOver } from "./core/answer.js";
import { messagesOf, withEvent } from "./core/conversation.js";
import { failureOf, isOutage } from "./core/failure.js";
import { isWorthWaiting } from "./core/outbox.js";

/** @typedef {import("./conversation_library.js").ConversationLibrary} ConversationLibrary */
/** @typedef {import("./core/answer.js").AnswerEvent} AnswerEvent */
/** @typedef {import("./core/conversation.js").Conversation} Conversation */
/** @typedef {import("./core/failure.js").Failure} Failure */
/** @typedef {{ onFailure: (failure: Failure, isRepeated: boolean) => void, onChange: (words: string) => void }} Listeners */

/** What is announced when an answer is over. Starts and ends only: the text itself is in the transcript. */
const ANNOUNCEMENTS = /** @type {Record<string, string>} */ ({
  done: "Answer complete.",
  queued: "Your message is waiting and will be sent automatically.",
  stopped: "The answer was ended by you.",
  failed: "There is a problem with the answer. The conversation says which.",
});

export class AnswerFollower {
  #library;
  #ask;
  #listeners;

  /**
   * @param {ConversationLibrary} library
   * @param {import("./chat_session.js").Service["ask"]} ask
   * @param {Listeners} listeners
   */
  constructor(library, ask, listeners) {
    this.#library = library;
    this.#ask = ask;
    this.#listeners = listeners;
  }

  // Actions

  /**
   * @param {string} keptId
   * @param {(conversation: Conversation, id: string) => Conversation} change  adds the exchange that is to be answered
   */
  async ask(keptId, change) {
    const id = this.#library.newId();
    const before = this.#library.shelf.get(keptId)?.exchanges ?? [];
    const isBehindOthers = before.some(({ answer }) => answer.state === "queued");
    if (isBehindOthers && !change(before, id).at(-1)?.earlier) {
      const words = change(before, id).at(-1)?.question ?? "";
      this.#queue(keptId, id, words, failureOf("offline"), (conversation) => change(conversation, id));
    } else {
      this.#listeners.onChange("Sent. Waiting for the answer.");
      await this.#follow(keptId, id, (conversation) => change(conversation, id));
    }
  }

  /** @param {string} keptId @param {string} id */
  sendQueued(keptId, id) {
    return this.#follow(keptId, id, (conversation) => withEvent(conversation, id, { type: "sent" }));
  }

  /** @param {string} id @returns {boolean} whether it is this tab's to stop */
  stop(id) {
    const { own } = this.#library.shelf;
    own.get(id)?.abort();
    return own.has(id);
  }

  // Internal

  /**
   * @param {string} keptId
   * @param {string} id
   * @param {(conversation: Conversation) => Conversation} begin
   */
  async #follow(keptId, id, begin) {
    const library = this.#library;
    const stop = new AbortController();
    library.shelf.own.set(id, stop);
    let start = /** @type {(stored: Promise<void>) => void} */ (() => {});
    const isStored = new Promise((resolve) => (start = resolve));
    // the turn is asked for before other tabs can hear of the answer: to them, one without a turn is lost
    const turn = library.tabs.inTurn(`answer.${id}`, async () => {
      // what is stored must never be behind: a page that is gone at this moment must not send again
      await isStored;
      const exchange = this.#find(keptId, id);
      if (!exchange || !isLive(exchange.answer)) return;
      const messages = messagesOf(library.shelf.get(keptId)?.exchanges ?? [], id);
      for await (const event of this.#ask(messages, stop.signal)) this.#take(keptId, id, event);
      await library.shelf.keep(keptId);
    });
    library.change(keptId, begin);
    start(library.shelf.keep(keptId));
    await turn;
    library.shelf.own.delete(id);
    const exchange = this.#find(keptId, id);
    if (!exchange || isLive(exchange.answer)) return;
    const { answer, question, replaced } = exchange;
    // an edit that can be undone stays where it is, words and all
    if (isOver(answer) && !answer.accepted && !replaced) library.giveBack(keptId, question);
    const isSaidByBanner = answer.failure && isOutage(answer.failure);
    if (!isSaidByBanner) this.#listeners.onChange(ANNOUNCEMENTS[answer.state]);
  }

  /** @param {string} keptId @param {string} id @param {AnswerEvent} event */
  #take(keptId, id, event) {
    const exchange = this.#find(keptId, id);
    if (!exchange) return;
    const { answer, earlier, question } = exchange;
    if (event.type === "failed") this.#listeners.onFailure(event.failure, answer.queuedAt !== undefined);
    const canWait = event.type === "failed" && !answer.accepted && !earlier?.text && isWorthWaiting(event.failure);
    if (canWait) return this.#queue(keptId, id, question, event.failure);
    const isText = event.type === "text" && answer.state === "streaming";
    this.#library.change(keptId, (conversation) => withEvent(conversation, id, event), { isText });
    if (event.type === "accepted") this.#library.clearDraft(keptId, question);
  }

  /**
   * @param {string} keptId
   * @param {string} id
   * @param {string} question
   * @param {Failure} failure
   * @param {(conversation: Conversation) => Conversation} [begin]  where the question is not in the conversation yet
   */
  #queue(keptId, id, question, failure, begin = (conversation) => conversation) {
    const { name: tab } = this.#library.tabs;
    const queued = /** @type {AnswerEvent} */ ({ type: "queued", failure, at: this.#library.now(), tab });
    this.#library.change(keptId, (conversation) => withEvent(begin(conversation), id, queued));
    // the textbox is disabled while the service is down, and keeps the words until it is back
    if (!isOutage(failure)) this.#library.clearDraft(keptId, question);
  }

  /** @param {string} keptId @param {string} id */
  #find(keptId, id) {
    return this.#library.shelf.get(keptId)?.exchanges.find((exchange) => exchange.id === id);
  }
}
