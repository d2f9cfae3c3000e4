/** What the page shows and what a visitor can do: the state as signals, changed only by the methods here. */

import { computed, signal } from "@preact/signals";
import { isOver } from "./core/answer.js";
import { UNCHECKED, afterCheck, afterRefusal, isExhausted } from "./core/availability.js";
import { NEW_CONVERSATION, isBusy, messagesOf, withEvent, withQuestion, withRetry } from "./core/conversation.js";

/** @typedef {import("./core/answer.js").AnswerEvent} AnswerEvent */
/** @typedef {import("./core/availability.js").Availability} Availability */
/** @typedef {import("./core/conversation.js").Conversation} Conversation */
/** @typedef {import("./core/conversation.js").Message} Message */

/**
 * @typedef {object} Service  the two functions, as the session needs them
 * @property {(messages: Message[], signal: AbortSignal) => AsyncIterable<AnswerEvent>} ask
 * @property {() => Promise<Availability | null>} check
 */

/** What is announced when an answer is over. Starts and ends only: the text itself is in the transcript. */
const ANNOUNCEMENTS = /** @type {Record<string, string>} */ ({
  done: "Answer complete.",
  stopped: "The answer was ended by you.",
  failed: "There is a problem with the answer. The conversation says which.",
});

export class ChatSession {
  conversation = signal(/** @type {Conversation} */ (NEW_CONVERSATION));
  draft = signal("");
  availability = signal(/** @type {Availability} */ (UNCHECKED));
  announcement = signal("");

  isBusy = computed(() => isBusy(this.conversation.value));
  isExhausted = computed(() => isExhausted(this.availability.value));
  /** The question is on its way, and its words are still in the draft. */
  isSubmitting = computed(() => this.isBusy.value && this.conversation.value.at(-1)?.answer.accepted === false);

  #service;
  #now;
  #nextId = 1;
  #onRefused = () => {};
  #stop = new AbortController();

  /**
   * @param {Service} service
   * @param {() => number} [now]
   */
  constructor(service, now = Date.now) {
    this.#service = service;
    this.#now = now;
  }

  /** @param {() => void} listener  called when a refusal has changed the availability */
  set onRefused(listener) {
    this.#onRefused = listener;
  }

  // Actions

  /** @param {string} [question]  the draft where none is given */
  async send(question = this.draft.value) {
    const words = question.trim();
    if (!words || this.isBusy.value || this.isExhausted.value) return;
    const id = this.#nextId++;
    this.conversation.value = withQuestion(this.conversation.value, id, words);
    await this.#follow(id, words);
  }

  async retry() {
    const words = this.conversation.value.at(-1)?.question;
    if (!words || this.isBusy.value || this.isExhausted.value) return;
    const id = this.#nextId++;
    this.conversation.value = withRetry(this.conversation.value, id);
    await this.#follow(id, words);
  }

  /** Ends the answer that is coming in; its text so far stays. */
  stop() {
    this.#stop.abort();
  }

  newChat() {
    this.stop();
    this.conversation.value = NEW_CONVERSATION;
    this.#announce("New chat.");
  }

  async checkAvailability() {
    const found = await this.#service.check();
    this.#setAvailability(afterCheck(this.availability.value, found, this.#now()));
  }

  // Internal

  /**
   * @param {number} id
   * @param {string} words
   */
  async #follow(id, words) {
    this.#stop = new AbortController();
    this.#announce("Sent. Waiting for the answer.");
    for await (const event of this.#service.ask(messagesOf(this.conversation.value), this.#stop.signal)) {
      this.conversation.value = withEvent(this.conversation.value, id, event);
      if (event.type === "accepted") this.#clearDraft(words);
      if (event.type === "failed") this.#onFailure(event.failure);
    }
    const answer = this.conversation.value.find((exchange) => exchange.id === id)?.answer;
    if (!answer || !isOver(answer)) return;
    if (!answer.accepted && !this.draft.value.trim()) this.draft.value = words;
    if (!this.isExhausted.value) this.#announce(ANNOUNCEMENTS[answer.state]);
  }

  /** @param {import("./core/failure.js").Failure} failure */
  #onFailure(failure) {
    const before = this.availability.value;
    this.#setAvailability(afterRefusal(before, failure, this.#now()));
    if (this.availability.value !== before) this.#onRefused();
  }

  /** @param {string} words  what has been sent; a draft of anything else is not touched */
  #clearDraft(words) {
    if (this.draft.value.trim() === words) this.draft.value = "";
  }

  /** @param {Availability} found */
  #setAvailability(found) {
    const before = this.availability.value;
    this.availability.value = found;
    if (isExhausted(before) && !isExhausted(found)) this.#announce("You can send messages again.");
  }

  /** @param {string} words */
  #announce(words) {
    // the same words twice are no change, and would not be read out: a trailing space makes one
    this.announcement.value = this.announcement.value === words ? `${words}\u00a0` : words;
  }
}
