/** Keeps asking whether the service is available, while somebody can see the page or waits for its answer. */

import { nextCheckDelay } from "../core/availability.js";

/** @typedef {import("../core/availability.js").Availability} Availability */

export class AvailabilityPoller {
  /** Whether checks cost no function a call, so that they may come often. */
  isCheap = () => false;
  /** The visitor's, in line. */
  place = /** @type {() => import("../core/waiting_room.js").Place | null} */ (() => null);

  #check;
  #current;
  #isAwaited;
  #isChecking = false;
  #timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);

  /**
   * @param {() => Promise<void>} check  asks, and keeps what it learns
   * @param {() => Availability} current
   * @param {() => boolean} isAwaited  whether a message waits for the service
   */
  constructor(check, current, isAwaited) {
    this.#check = check;
    this.#current = current;
    this.#isAwaited = isAwaited;
  }

  // Lifecycle

  start() {
    document.addEventListener("visibilitychange", this.#onReturn);
    // every page is shown once after it was loaded: what counts here is coming back to it
    window.addEventListener("pageshow", ({ persisted }) => persisted && this.#onReturn());
    window.addEventListener("online", this.#onReturn);
    return this.#checkNow();
  }

  // Actions

  /** To be called when there is something to learn without asking. */
  refresh() {
    return this.#checkNow();
  }

  /** To be called when the availability has changed in another way, such as by a refused question. */
  reschedule() {
    clearTimeout(this.#timer);
    if (document.hidden && !this.#isAwaited()) return;
    const delay = nextCheckDelay(this.#current(), Date.now(), Math.random(), this.isCheap(), this.place());
    this.#timer = setTimeout(() => this.#checkNow(), delay);
  }

  // Callbacks

  #onReturn = () => {
    if (document.hidden) this.reschedule();
    else this.#checkNow();
  };

  // Internal

  async #checkNow() {
    if (this.#isChecking) return;
    this.#isChecking = true;
    clearTimeout(this.#timer);
    try {
      await this.#check();
    } finally {
      // a check that fails in a way nobody foresaw must not be the last one
      this.#isChecking = false;
      this.reschedule();
    }
  }
}
