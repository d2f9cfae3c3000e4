/** What the page shows and what a visitor can do: the state as signals, changed only by the methods here. */

import { computed, effect, signal } from "@preact/signals";
import { AnswerFollower } from "./answer_follower.js";
import { isLive } from "../core/answer.js";
import { UNCHECKED, afterCheck, afterRefusal, isDown } from "../core/availability.js";
import {
  isBusy,
  withContinuation,
  withEdit,
  withEditUndone,
  withQuestion,
  withQueuedChanged,
  withRetry,
} from "../core/conversation.js";
import { waitingIn } from "../core/library.js";
import { CAN_SEND_AGAIN, CHAT_STARTED, EDIT_UNDONE } from "../words/en.js";
import { Outbox } from "./outbox.js";

/** @typedef {import("./conversation_library.js").ConversationLibrary} ConversationLibrary */
/** @typedef {import("../core/answer.js").AnswerEvent} AnswerEvent */
/** @typedef {import("../core/availability.js").Availability} Availability */
/** @typedef {import("../core/conversation.js").Conversation} Conversation */

/**
 * @typedef {object} Service  the two functions, as the session needs them
 * @property {(messages: import("../core/conversation.js").Message[], signal: AbortSignal) => AsyncIterable<AnswerEvent>} ask
 * @property {() => Promise<Availability | null>} check
 * @property {() => boolean} [isOnline]
 */

export class ChatSession {
  availability = signal(/** @type {Availability} */ (UNCHECKED));
  announcement = signal("");
  /** The question that is being rewritten. */
  editedId = signal(/** @type {string | null} */ (null));

  isBusy = computed(() => isBusy(this.conversation.value));
  isDown = computed(() => isDown(this.availability.value));
  canSend = computed(() => !this.isBusy.value && !this.isDown.value);
  /** The question is on its way, and its words are still in the draft. */
  isSubmitting = computed(() =>
    this.conversation.value.some(
      ({ question, answer }) => isLive(answer) && !answer.accepted && question === this.draft.value.trim(),
    ),
  );

  #service;
  #outbox;
  #follower;
  #onRefused = () => {};

  /**
   * @param {Service} service
   * @param {ConversationLibrary} library
   */
  constructor(service, library) {
    this.library = library;
    this.conversation = library.exchanges;
    this.draft = library.draft;
    this.#service = service;
    this.#follower = new AnswerFollower(library, service.ask, {
      onFailure: (failure, isRepeated) => this.#onFailure(failure, isRepeated),
      onChange: (words) => this.announce(words),
    });
    this.#outbox = new Outbox(library, () => this.#circumstances(), (conversationId, id) => this.#follower.sendQueued(conversationId, id));
    library.tabs.listen((message) => message?.type === "stop" && this.#follower.stop(message.id));
    effect(() => {
      // each of these may let a waiting question go out
      void [library.store.listVersion.value, this.availability.value, this.editedId.value];
      queueMicrotask(() => this.wake());
    });
  }

  /** @param {() => void} listener  called when a refusal has changed the availability */
  set onRefused(listener) {
    this.#onRefused = listener;
  }

  // Actions

  /** @param {string} [question]  the draft where none is given */
  async send(question = this.draft.value) {
    const words = question.trim();
    if (!words || !this.canSend.value) return;
    await this.#ask((conversation, id) => withQuestion(conversation, id, words));
  }

  async retry() {
    if (this.canSend.value) await this.#ask(withRetry);
  }

  /** Goes on with an answer that broke off. */
  async resume() {
    if (this.canSend.value) await this.#ask(withContinuation);
  }

  /**
   * Asks again in other words; a question that still waits just gets them.
   * @param {string} edited
   * @param {string} question
   */
  async edit(edited, question) {
    const words = question.trim();
    const before = this.conversation.value.find(({ id }) => id === edited);
    if (!words || !before) return;
    if (before.answer.state === "queued") {
      this.library.clearDraft(this.library.currentId.value, before.question);
      this.library.change(this.library.currentId.value, (conversation) => withQueuedChanged(conversation, edited, words));
    } else if (this.canSend.value) {
      this.editedId.value = null;
      await this.#ask((conversation, id) => withEdit(conversation, edited, id, words));
    }
    this.editedId.value = null;
  }

  /**
   * Takes a waiting question back; its words are added to the draft. What it was to replace is back.
   * @param {string} id
   */
  cancel(id) {
    const exchange = this.conversation.value.find((each) => each.id === id);
    if (exchange?.supersededExchanges) return this.undoEdit(id);
    this.library.change(this.library.currentId.value, (conversation) => withQueuedChanged(conversation, id, null));
    if (exchange) this.draft.value = [this.draft.value, exchange.question].filter((words) => words.trim()).join("\n\n");
  }

  /** Brings back what an edit was to replace; its words are there again when the question is edited. @param {string} id */
  undoEdit(id) {
    const edit = this.conversation.value.find((exchange) => exchange.id === id);
    if (!edit?.supersededExchanges || isLive(edit.answer)) return;
    this.library.keepEdit(edit.supersededExchanges[0].id, edit.question);
    this.library.change(this.library.currentId.value, (conversation) => withEditUndone(conversation, id));
    this.announce(EDIT_UNDONE);
  }

  /** Ends the answer that is coming in, in whichever tab; its text so far stays. */
  stop() {
    for (const { id, answer } of this.conversation.value) {
      if (isLive(answer) && !this.#follower.stop(id)) this.library.tabs.tell({ type: "stop", id });
    }
  }

  newChat() {
    this.library.begin();
    this.announce(CHAT_STARTED);
  }

  async checkAvailability() {
    const found = await this.#service.check();
    this.#setAvailability(afterCheck(this.availability.value, found, this.library.now()));
  }

  /** Sends what waits, as far as it can go out. */
  wake() {
    return this.#outbox.wake();
  }

  /** @param {string} words */
  announce(words) {
    // the same words twice are no change, and would not be read out: a trailing space makes one
    this.announcement.value = this.announcement.value === words ? `${words}\u00a0` : words;
  }

  // Internal

  /** @param {(conversation: Conversation, id: string) => Conversation} change  adds the exchange that is to be answered */
  #ask(change) {
    return this.#follower.ask(this.library.currentId.value, change);
  }

  /** @returns {import("../core/outbox.js").Circumstances} */
  #circumstances() {
    return {
      isOnline: this.#service.isOnline?.() ?? true,
      availability: this.availability.value,
      tab: this.library.tabs.tab,
      edited: this.editedId.value,
    };
  }

  /** @param {import("../core/failure.js").Failure} failure @param {boolean} isRepeated */
  #onFailure(failure, isRepeated) {
    const before = this.availability.value;
    this.#setAvailability(afterRefusal(before, failure, this.library.now(), isRepeated));
    if (this.availability.value !== before) this.#onRefused();
  }

  /** @param {Availability} found */
  #setAvailability(found) {
    const before = this.availability.value;
    this.availability.value = found;
    if (isDown(found)) return;
    const waiting = waitingIn(this.library.store.all());
    // they are in their conversations: a textbox that can be written in again need not have them as well
    for (const { conversationId, question } of waiting) this.library.clearDraft(conversationId, question);
    // where a waiting message is about to be tried, its end is what is announced
    if (isDown(before) && (found.releaseAt === undefined || waiting.length === 0)) this.announce(CAN_SEND_AGAIN);
  }
}
