/** Sends questions and puts what comes back into their conversations, whichever is open. */

import { isLive, isOver } from "../core/answer.js";
import { messagesOf, withEvent } from "../core/conversation.js";
import { failureOf, isOutage } from "../core/failure.js";
import { isWorthWaiting } from "../core/outbox.js";
import { ENDINGS, SENT } from "../words/en.js";

/** @typedef {import("./conversation_library.js").ConversationLibrary} ConversationLibrary */
/** @typedef {import("../core/answer.js").AnswerEvent} AnswerEvent */
/** @typedef {import("../core/conversation.js").Conversation} Conversation */
/** @typedef {import("../core/failure.js").Failure} Failure */
/** @typedef {{ onFailure: (failure: Failure, isRepeated: boolean) => void, onChange: (words: string) => void }} Listeners */

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
   * @param {string} conversationId
   * @param {(conversation: Conversation, id: string) => Conversation} change  adds the exchange that is to be answered
   */
  async ask(conversationId, change) {
    const id = this.#library.newId();
    const before = this.#library.store.get(conversationId)?.exchanges ?? [];
    const isBehindOthers = before.some(({ answer }) => answer.state === "queued");
    if (isBehindOthers && !change(before, id).at(-1)?.previousAnswer) {
      const words = change(before, id).at(-1)?.question ?? "";
      this.#queue(conversationId, id, words, failureOf("offline"), (conversation) => change(conversation, id));
    } else {
      this.#listeners.onChange(SENT);
      await this.#follow(conversationId, id, (conversation) => change(conversation, id));
    }
  }

  /** @param {string} conversationId @param {string} id */
  sendQueued(conversationId, id) {
    return this.#follow(conversationId, id, (conversation) => withEvent(conversation, id, { type: "sent" }));
  }

  /** @param {string} id @returns {boolean} whether it is this tab's to stop */
  stop(id) {
    const { own } = this.#library.store;
    own.get(id)?.abort();
    return own.has(id);
  }

  // Internal

  /**
   * @param {string} conversationId
   * @param {string} id
   * @param {(conversation: Conversation) => Conversation} begin
   */
  async #follow(conversationId, id, begin) {
    const library = this.#library;
    const stop = new AbortController();
    library.store.own.set(id, stop);
    let start = /** @type {(stored: Promise<void>) => void} */ (() => {});
    const isStored = new Promise((resolve) => (start = resolve));
    // the turn is asked for before other tabs can hear of the answer: to them, one without a turn is lost
    const turn = library.tabs.withLock(`answer.${id}`, async () => {
      // what is stored must never be behind: a page that is gone at this moment must not send again
      await isStored;
      const exchange = this.#find(conversationId, id);
      if (!exchange || !isLive(exchange.answer)) return;
      const messages = messagesOf(library.store.get(conversationId)?.exchanges ?? [], id);
      for await (const event of this.#ask(messages, stop.signal)) this.#take(conversationId, id, event);
      await library.store.keep(conversationId);
    });
    library.change(conversationId, begin);
    start(library.store.keep(conversationId));
    await turn;
    library.store.own.delete(id);
    const exchange = this.#find(conversationId, id);
    if (!exchange || isLive(exchange.answer)) return;
    const { answer, question, supersededExchanges } = exchange;
    // an edit that can be undone stays where it is, words and all
    if (isOver(answer) && !answer.accepted && !supersededExchanges) library.giveBack(conversationId, question);
    const isSaidByBanner = answer.failure && isOutage(answer.failure);
    if (!isSaidByBanner) this.#listeners.onChange(ENDINGS[answer.state]);
  }

  /** @param {string} conversationId @param {string} id @param {AnswerEvent} event */
  #take(conversationId, id, event) {
    const exchange = this.#find(conversationId, id);
    if (!exchange) return;
    const { answer, previousAnswer, question } = exchange;
    if (event.type === "failed") this.#listeners.onFailure(event.failure, answer.queuedAt !== undefined);
    const canWait = event.type === "failed" && !answer.accepted && !previousAnswer?.text && isWorthWaiting(event.failure);
    if (canWait) return this.#queue(conversationId, id, question, event.failure);
    const isText = event.type === "text" && answer.state === "streaming";
    this.#library.change(conversationId, (conversation) => withEvent(conversation, id, event), { isText });
    if (event.type === "accepted") this.#library.clearDraft(conversationId, question);
  }

  /**
   * @param {string} conversationId
   * @param {string} id
   * @param {string} question
   * @param {Failure} failure
   * @param {(conversation: Conversation) => Conversation} [begin]  where the question is not in the conversation yet
   */
  #queue(conversationId, id, question, failure, begin = (conversation) => conversation) {
    const { name: tab } = this.#library.tabs;
    const queued = /** @type {AnswerEvent} */ ({ type: "queued", failure, at: this.#library.now(), tab });
    this.#library.change(conversationId, (conversation) => withEvent(begin(conversation), id, queued));
    // they stand in the conversation, with a way to have them back
    this.#library.clearDraft(conversationId, question);
  }

  /** @param {string} conversationId @param {string} id */
  #find(conversationId, id) {
    return this.#library.store.get(conversationId)?.exchanges.find((exchange) => exchange.id === id);
  }
}
