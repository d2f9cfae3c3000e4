/** Whether the service can answer, as far as checks and refusals have told. */

import { computed, signal } from "@preact/signals";
import { UNCHECKED, afterCheck, afterRefusal, isDown } from "../core/availability.js";
import { givesPlaces } from "../core/waiting_room.js";

/** @typedef {import("../core/answer.js").AnswerEvent} AnswerEvent */
/** @typedef {import("../core/availability.js").Availability} Availability */

/**
 * @typedef {object} Service  the two functions, as the session needs them
 * @property {(messages: import("../core/conversation.js").Message[], signal: AbortSignal, ticket?: string) => AsyncIterable<AnswerEvent>} ask  `ticket`: of a place in line
 * @property {() => Promise<Availability | null>} check
 * @property {() => boolean} [isOnline]
 * @property {() => boolean} [isVisible]  whether somebody may be looking at the page
 * @property {() => void} [onAnswer]  called when an answer is whole
 */

export class ServiceState {
  availability = signal(/** @type {Availability} */ (UNCHECKED));
  /** Whether whoever sends a message now gets in line with it. */
  givesPlaces = computed(() => givesPlaces(this.availability.value));
  /** Whether nobody may write. */
  isDown = computed(() => isDown(this.availability.value) && !this.givesPlaces.value);
  /** Called when a refusal has changed the availability. */
  onRefused = () => {};
  /** Called when visitors may write, also where they could before. */
  onUp = /** @type {(wasDown: boolean) => void} */ (() => {});

  #check;
  #now;

  /**
   * @param {() => Promise<Availability | null>} check
   * @param {() => number} now
   */
  constructor(check, now) {
    this.#check = check;
    this.#now = now;
  }

  // Actions

  async check() {
    this.learn(await this.#check());
  }

  /** @param {Availability | null} found  by a check, or told without one; null when the check failed */
  learn(found) {
    this.#set(afterCheck(this.availability.value, found, this.#now()));
  }

  /** @param {import("../core/failure.js").Failure} failure @param {boolean} isRepeated  of something that was sent automatically */
  refuse(failure, isRepeated) {
    const before = this.availability.value;
    this.#set(afterRefusal(before, failure, this.#now(), isRepeated));
    if (this.availability.value !== before) this.onRefused();
  }

  // Internal

  /** @param {Availability} found */
  #set(found) {
    const wasDown = this.isDown.value;
    this.availability.value = found;
    if (!this.isDown.value) this.onUp(wasDown);
  }
}
