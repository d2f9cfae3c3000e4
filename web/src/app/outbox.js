/** Sends what waits, once and in order, from one tab at a time. What may go out is decided in core/outbox.js. */

import { nextLookAt, nextToSend } from "../core/outbox.js";

/** @typedef {import("./conversation_library.js").ConversationLibrary} ConversationLibrary */
/** @typedef {import("../core/outbox.js").Circumstances} Circumstances */

/** Browsers take longer delays for none. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

export class Outbox {
  #library;
  #circumstances;
  #send;
  #isAwake = false;
  #isCalled = false;
  #timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);

  /**
   * @param {ConversationLibrary} library
   * @param {() => Circumstances} circumstances
   * @param {(conversationId: string, id: string) => Promise<void>} send  resolves when the answer is over or the question waits again
   */
  constructor(library, circumstances, send) {
    this.#library = library;
    this.#circumstances = circumstances;
    this.#send = send;
  }

  /** To be called whenever a question may have become ready to go out. */
  async wake() {
    this.#isCalled = true;
    if (this.#isAwake) return;
    this.#isAwake = true;
    while (this.#isCalled) {
      this.#isCalled = false;
      while (this.#next()) await this.#library.tabs.withLock("outbox", () => this.#sendNext());
    }
    this.#isAwake = false;
    this.#sleep();
  }

  // Internal

  #next() {
    return nextToSend(this.#library.store.all(), this.#circumstances(), this.#library.now());
  }

  async #sendNext() {
    const next = this.#next();
    if (!next) return;
    // another tab may have sent it while this one waited for its turn
    await this.#library.store.refresh(next.kept.id);
    const { kept, exchange } = this.#next() ?? {};
    if (kept && exchange?.id === next.exchange.id) await this.#send(kept.id, exchange.id);
  }

  #sleep() {
    clearTimeout(this.#timer);
    const instant = nextLookAt(this.#library.store.all(), this.#circumstances());
    if (instant === null) return;
    const delay = Math.min(LONGEST_DELAY_MS, Math.max(0, instant - this.#library.now()));
    this.#timer = setTimeout(() => this.wake(), delay);
  }
}
