/** Hears at once what changes while the service is impaired. Where no stream comes, checks go on as they would without. */

import { availabilityOfEvent } from "../core/status_object.js";

/** @typedef {import("../core/availability.js").Availability} Availability */

/** One stream is enough for all tabs of a browser. */
const LOCK = "availability-stream";
/** A proxy that keeps replies until they are whole would keep this one for minutes. */
const PROOF_MS = 5_000;
/** After a stream that did not come. */
const PAUSE_MS = 60_000;

export class AvailabilityStream {
  #url;
  #locks;
  #onFound;
  #isVisible;
  #now;
  #isWanted = false;
  #isOpening = false;
  #isProven = false;
  #source = /** @type {EventSource | null} */ (null);
  #notBefore = 0;
  #close = () => {};

  /**
   * @param {object} options
   * @param {Promise<string>} options.url  of the availability function
   * @param {Pick<import("./locks.js").Locks, "tryLock">} options.locks  shared with the other tabs
   * @param {(found: Availability) => void} options.onFound
   * @param {() => boolean} options.isVisible
   * @param {() => number} [options.now]
   */
  constructor({ url, locks, onFound, isVisible, now = Date.now }) {
    this.#url = url;
    this.#locks = locks;
    this.#onFound = onFound;
    this.#isVisible = isVisible;
    this.#now = now;
  }

  /** Whether the stream has brought something, and is open. */
  get isLive() {
    return this.#isProven && this.#source?.readyState === EventSource.OPEN;
  }

  // Actions

  /** @param {boolean} isWanted */
  follow(isWanted) {
    this.#isWanted = isWanted;
    this.update();
  }

  /** To be called when the page is hidden or shown. */
  update() {
    if (!this.#isWanted || !this.#isVisible()) this.#close();
    else if (!this.#isOpening && this.#now() >= this.#notBefore && "EventSource" in globalThis) this.#open();
  }

  // Internal

  async #open() {
    this.#isOpening = true;
    const url = await this.#url;
    await this.#locks.tryLock(LOCK, async () => this.#isWanted && this.#isVisible() && this.#listen(url));
    this.#isOpening = false;
  }

  /**
   * @param {string} url
   * @returns {Promise<void>} when the stream is closed
   */
  #listen(url) {
    return new Promise((resolve) => {
      const source = new EventSource(url);
      const giveUp = () => {
        this.#notBefore = this.#now() + PAUSE_MS;
        this.#close();
      };
      const proof = setTimeout(giveUp, PROOF_MS);
      this.#source = source;
      this.#close = () => {
        clearTimeout(proof);
        source.close();
        this.#isProven = false;
        this.#close = () => {};
        resolve();
      };
      source.onmessage = ({ data }) => {
        clearTimeout(proof);
        this.#isProven = true;
        const found = availabilityOfEvent(parsed(data), this.#now(), Math.random());
        if (found) this.#onFound(found);
      };
      // a lost connection is made anew by the browser; one that was refused is not
      source.onerror = () => void (source.readyState === EventSource.CLOSED && giveUp());
    });
  }
}

/** @param {string} data */
function parsed(data) {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}
