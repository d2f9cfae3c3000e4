/** Sends questions and puts what comes back into their conversations, whichever is open. */

import { effect } from "@preact/signals";
import { DEVICE, isFromDevice, isLive, isOver } from "../core/answer.js";
import { isContinuable } from "../core/continuation.js";
import { messagesOf, withAutomaticContinuation, withEvent, withFields } from "../core/conversation.js";
import { failureOf, isOutage } from "../core/failure.js";
import { isWorthWaiting } from "../core/outbox.js";
import { words } from "../words/words.js";

/** @typedef {import("./conversation_library.js").ConversationLibrary} ConversationLibrary */
/** @typedef {import("../core/answer.js").AnswerEvent} AnswerEvent */
/** @typedef {import("../core/conversation.js").Conversation} Conversation */
/** @typedef {import("../core/failure.js").Failure} Failure */
/** @typedef {(conversation: Conversation) => Conversation} Change */
/** @typedef {{ onFailure: (failure: Failure, isRepeated: boolean) => void, onChange: (words: string) => void, onAnswer: () => void }} Listeners */

/** What reads attached files comes when it is first needed, and may have gone by then. @type {readonly AnswerEvent[]} */
const UNREADABLE = [{ type: "failed", failure: failureOf("outdated_page") }];

export class AnswerFollower {
  #library;
  #ask;
  #askDevice;
  #listeners;
  /** By conversation: the exchange whose words the draft was made of in this tab. @type {Map<string, string>} */
  #givenBack = new Map();

  /**
   * @param {ConversationLibrary} library
   * @param {import("./service_state.js").Service["ask"]} ask
   * @param {import("./service_state.js").Service["ask"]} askDevice
   * @param {Listeners} listeners
   */
  constructor(library, ask, askDevice, listeners) {
    this.#library = library;
    this.#ask = ask;
    this.#askDevice = askDevice;
    this.#listeners = listeners;
    effect(() => void (library.draft.value.trim() || this.#givenBack.delete(library.currentId.value)));
  }

  // Actions

  /**
   * @param {string} conversationId
   * @param {Change} change  leaves the exchange that is to be answered as the last one
   * @param {boolean} mustWait  for this device, for the service, or for the answer that is coming in
   */
  async ask(conversationId, change, mustWait) {
    const before = this.#library.store.get(conversationId)?.exchanges ?? [];
    const next = change(before).at(-1);
    if (!next || isOver(next.answer)) return;
    const { id, question, previousAnswer } = next;
    const isBehindOthers = before.some(({ answer }) => answer.state === "queued");
    if ((isBehindOthers || mustWait) && !previousAnswer) {
      this.#queue(conversationId, id, question, failureOf("in_order"), change);
      this.#listeners.onChange(words.ENDINGS.queued);
    } else {
      this.#listeners.onChange(words.SENT);
      await this.#follow(conversationId, id, change);
    }
  }

  /**
   * Sends a question that has waited, or goes on with an answer that broke off.
   * @param {string} conversationId
   * @param {string} id
   * @param {boolean} isForDevice
   * @returns {Promise<void>} resolves once it was taken, or was not
   */
  send(conversationId, id, isForDevice) {
    return new Promise((resolve) => {
      const begin = (/** @type {Conversation} */ conversation) =>
        this.#find(conversationId, id)?.answer.state === "queued"
          ? withEvent(conversation, id, { type: "sent", ...(isForDevice && { model: DEVICE }) })
          : withAutomaticContinuation(conversation, id);
      this.#follow(conversationId, id, begin, resolve).then(resolve);
    });
  }

  /** @param {string} id @returns {boolean} whether it is this tab's to stop */
  stop(id) {
    const { own } = this.#library.store;
    own.get(id)?.abort();
    return own.has(id);
  }

  /** @param {string} conversationId @returns {string | undefined} the exchange that was not sent, whose words the draft was made of */
  givenBack(conversationId) {
    return this.#givenBack.get(conversationId);
  }

  // Internal

  /**
   * @param {string} conversationId
   * @param {string} id
   * @param {Change} begin
   * @param {() => void} [onAccepted]
   */
  async #follow(conversationId, id, begin, onAccepted = () => {}) {
    const library = this.#library;
    const { store, tabs } = library;
    const stop = new AbortController();
    store.own.set(id, stop);
    let start = /** @type {(stored: Promise<void>) => void} */ (() => {});
    const isStored = new Promise((resolve) => (start = resolve));
    // the lock is asked for before other tabs can hear of the answer: to them, one without a lock is lost
    const turn = tabs.locks.withLock(`answer.${id}`, async () => {
      // what is stored must never be behind: a page that is gone at this moment must not send again
      await isStored;
      const exchange = this.#find(conversationId, id);
      if (!exchange || !isLive(exchange.answer)) return;
      const exchanges = await this.#withContents(store.get(conversationId)?.exchanges ?? []);
      const isOfDevice = isFromDevice(exchange.answer);
      if (isOfDevice) onAccepted(); // nobody waits for a slow device
      const ask = isOfDevice ? this.#askDevice : this.#ask;
      for await (const event of exchanges ? ask(messagesOf(exchanges, id), stop.signal, exchange.answer.place?.ticket) : UNREADABLE) {
        this.#take(conversationId, id, exchange.attempt, event);
        if (event.type === "accepted") onAccepted();
      }
      await store.keep(conversationId);
    });
    const asked = { at: library.now(), by: tabs.name };
    library.change(conversationId, (conversation) => withFields(begin(conversation), id, { asked }));
    start(store.keep(conversationId));
    await turn;
    if (store.own.get(id) === stop) store.own.delete(id);
    this.#settle(conversationId, id);
  }

  /** @param {Conversation} exchanges @returns {Promise<Conversation | null>} with what is in the files; null where that cannot be read now */
  async #withContents(exchanges) {
    if (!exchanges.some(({ attachments }) => attachments)) return exchanges;
    return (await this.#library.attachments())?.expanded(exchanges) ?? null;
  }

  /** What is left to do once nobody waits for the answer any longer. @param {string} conversationId @param {string} id */
  #settle(conversationId, id) {
    const exchange = this.#find(conversationId, id);
    if (!exchange || isLive(exchange.answer) || isContinuable(exchange, this.#library.now())) return;
    const { answer, question, attachments, versions } = exchange;
    // what can be undone stays where it is, words and all
    if (isOver(answer) && !answer.accepted && !versions) {
      if (this.#library.giveBack(conversationId, question, attachments)) this.#givenBack.set(conversationId, id);
    }
    const isSaidByBanner = answer.failure && isOutage(answer.failure);
    if (!isSaidByBanner) this.#listeners.onChange(words.ENDINGS[answer.state]);
    if (answer.state === "done") this.#listeners.onAnswer();
  }

  /** @param {string} conversationId @param {string} id @param {number} attempt @param {AnswerEvent} event */
  #take(conversationId, id, attempt, event) {
    const exchange = this.#find(conversationId, id);
    if (exchange?.attempt !== attempt) return;
    const { answer, previousAnswer, question, continuations } = exchange;
    if (event.type === "failed") this.#listeners.onFailure(event.failure, answer.queuedAt !== undefined || continuations !== undefined);
    const canWait = event.type === "failed" && !answer.accepted && !previousAnswer?.text && isWorthWaiting(event.failure);
    if (canWait) return this.#queue(conversationId, id, question, event.failure);
    const isText = event.type === "text" && answer.state === "streaming";
    this.#library.change(conversationId, (conversation) => withEvent(conversation, id, event, attempt), { isText });
    if (event.type === "accepted" && answer.queuedAt === undefined) this.#library.clearDraft(conversationId, question, true);
  }

  /**
   * @param {string} conversationId
   * @param {string} id
   * @param {string} question
   * @param {Failure} failure
   * @param {Change} [begin]  where the question is not in the conversation yet
   */
  #queue(conversationId, id, question, failure, begin = (conversation) => conversation) {
    const { name: tab } = this.#library.tabs;
    const queued = /** @type {AnswerEvent} */ ({ type: "queued", failure, at: this.#library.now(), tab });
    this.#library.change(conversationId, (conversation) => withEvent(begin(conversation), id, queued));
    // they stand in the conversation, with a way to have them back
    this.#library.clearDraft(conversationId, question, true);
  }

  /** @param {string} conversationId @param {string} id */
  #find(conversationId, id) {
    return this.#library.store.get(conversationId)?.exchanges.find((exchange) => exchange.id === id);
  }
}
