/** Where a check looks: at the status object beside the page while visitors have to wait, else at the function. */

import { isDown } from "../core/availability.js";
import { isRecent } from "../core/clock.js";
import { availabilityOfObject } from "../core/status_object.js";

/** @typedef {import("../core/availability.js").Availability} Availability */
/** @typedef {import("./availability_client.js").StatusObject} StatusObject */

/** However well the object reads, nobody may keep it up to date: the function has a word now and then. */
const TRUST_MS = 300_000;

/** Another instance may answer a check from what it knew this long ago: what a stream has told since is newer. */
const STALENESS_MS = 3_000;

export class AvailabilitySource {
  #ask;
  #read;
  #current;
  #now;
  #random;
  #readsObject = false;
  #askedAt = -Infinity;
  #heardAt = -Infinity;

  /**
   * @param {object} options
   * @param {() => Promise<Availability | null>} options.ask  the function
   * @param {() => Promise<StatusObject | null>} options.read  the status object
   * @param {() => Availability} options.current
   * @param {() => number} [options.now]
   * @param {() => number} [options.random]
   */
  constructor({ ask, read, current, now = Date.now, random = Math.random }) {
    this.#ask = ask;
    this.#read = read;
    this.#current = current;
    this.#now = now;
    this.#random = random;
  }

  /** Whether the last check needed no function. */
  get readsObject() {
    return this.#readsObject;
  }

  /** To be called when the stream has told something. */
  heard() {
    this.#heardAt = this.#now();
  }

  /** @returns {Promise<Availability | null>} null when the check failed */
  async check() {
    const current = this.#current();
    const now = this.#now();
    if (isRecent(this.#heardAt, STALENESS_MS, now)) return current;
    const isTrusted = isRecent(this.#askedAt, TRUST_MS, now);
    const mustWait = isDown(current) || current.serving !== undefined;
    const told = mustWait && isTrusted ? await this.#look(current) : null;
    this.#readsObject = told !== null;
    if (told) return told;
    this.#askedAt = now;
    return (await this.#ask()) ?? this.#look(current);
  }

  /** @param {Availability} current */
  async #look(current) {
    const read = await this.#read();
    return read && availabilityOfObject(read.body, current, { servedAt: read.servedAt, now: this.#now(), random: this.#random() });
  }
}
