/**
 * Sends what waits and goes on with what broke off, once and in order, from one tab at a time. What may go out is decided
 * in core/outbox.js.
 */

import { editLock } from "./edit_lock.js";
import { withClockSetBack } from "../core/clock.js";
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
  /** Questions that are being rewritten in other tabs. */
  #editedElsewhere = /** @type {Set<string>} */ (new Set());

  /**
   * @param {ConversationLibrary} library
   * @param {() => Circumstances} circumstances
   * @param {(conversationId: string, id: string, isForDevice: boolean) => Promise<void>} send  resolves once it was taken, or was not
   */
  constructor(library, circumstances, send) {
    this.#library = library;
    this.#circumstances = circumstances;
    this.#send = send;
  }

  /** To be called whenever something may have become ready to go out. */
  async wake() {
    this.#isCalled = true;
    if (this.#isAwake) return;
    this.#isAwake = true;
    this.#followClock();
    while (this.#isCalled) {
      this.#isCalled = false;
      while (this.#next()) await this.#library.tabs.locks.withLock("outbox", () => this.#sendNext());
    }
    this.#isAwake = false;
    this.#sleep();
  }

  // Internal

  /** What was stored while the clock was ahead would wait for as long as it was. */
  #followClock() {
    const now = this.#library.now();
    for (const { id } of this.#library.store.all()) this.#library.change(id, (exchanges) => withClockSetBack(exchanges, now));
  }

  #next() {
    return nextToSend(this.#library.store.all(), this.#known(), this.#library.now());
  }

  #known() {
    const circumstances = this.#circumstances();
    return { ...circumstances, edited: new Set([...circumstances.edited, ...this.#editedElsewhere]) };
  }

  async #sendNext() {
    const next = this.#next();
    if (!next) return;
    const { id } = next.exchange;
    const isFree = await this.#library.tabs.locks.tryLock(editLock(id), async () => {
      // another tab may have sent it while this one waited for its turn
      await this.#library.store.refresh(next.conversation.id);
      const again = this.#next();
      if (again?.exchange.id === id) await this.#send(again.conversation.id, id, again.isForDevice);
      return true;
    });
    if (!isFree) this.#awaitEdit(id);
  }

  /** Another tab rewrites this question: it goes out once that is done. @param {string} id */
  async #awaitEdit(id) {
    this.#editedElsewhere.add(id);
    await this.#library.tabs.locks.withLock(editLock(id), async () => {});
    this.#editedElsewhere.delete(id);
    this.wake();
  }

  #sleep() {
    clearTimeout(this.#timer);
    const instant = nextLookAt(this.#library.store.all(), this.#known(), this.#library.now());
    if (instant === null) return;
    const delay = Math.min(LONGEST_DELAY_MS, Math.max(0, instant - this.#library.now()));
    this.#timer = setTimeout(() => this.wake(), delay);
  }
}
