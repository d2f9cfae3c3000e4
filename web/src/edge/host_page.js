/** Asks the page around this one who it is. Only the browser's word counts: the origin of its reply. */

import { CLOSE, HELLO, WELCOME } from "../core/embedding.js";

/** A page that does not answer by then has no `embed.js`. */
const TIMEOUT_MS = 5_000;

export class HostPage {
  #window;

  /** @param {Window} window  of the chat */
  constructor(window) {
    this.#window = window;
  }

  /**
   * @param {readonly string[]} origins  that may show the chat
   * @param {AbortSignal} [deadline]
   * @returns {Promise<boolean>} whether the page around is of one of them, and nothing is around that
   */
  async isAllowed(origins, deadline = AbortSignal.timeout(TIMEOUT_MS)) {
    const { parent, top } = this.#window;
    if (origins.length === 0 || parent !== top) return false;
    return origins.includes(await this.#originOf(parent, deadline));
  }

  /** Also for a page that is not listed, or was not asked: this says nothing that is secret. */
  close() {
    this.#window.parent.postMessage(CLOSE, "*");
  }

  /**
   * @param {Window} parent
   * @param {AbortSignal} deadline
   * @returns {Promise<string>} "" where nobody answers
   */
  #originOf(parent, deadline) {
    return new Promise((resolve) => {
      const onMessage = (/** @type {MessageEvent} */ { source, data, origin }) => {
        if (source !== parent || data !== WELCOME) return;
        this.#window.removeEventListener("message", onMessage);
        resolve(origin);
      };
      this.#window.addEventListener("message", onMessage);
      deadline.addEventListener("abort", () => {
        this.#window.removeEventListener("message", onMessage);
        resolve("");
      });
      parent.postMessage(HELLO, "*"); // says nothing that is secret
    });
  }
}
