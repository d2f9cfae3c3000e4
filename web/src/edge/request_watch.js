/** Ends a request when the visitor does or when what is expected does not come in time. */
export class RequestWatch {
  #controller = new AbortController();
  #timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  #visitor;
  #onStop = () => this.#controller.abort();

  /** @type {string | null} the failure code of the time limit that was passed */
  overdue = null;

  /** @param {AbortSignal} visitor */
  constructor(visitor) {
    this.#visitor = visitor;
    if (visitor.aborted) this.#onStop();
    else visitor.addEventListener("abort", this.#onStop);
  }

  get signal() {
    return this.#controller.signal;
  }

  // Actions

  /**
   * @param {number} milliseconds
   * @param {string} code
   */
  expectWithin(milliseconds, code) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.overdue = code;
      this.#controller.abort();
    }, milliseconds);
  }

  /**
   * @template T
   * @param {T | Promise<T>} value
   * @returns {Promise<T>} rejects where the request ends before the value is there
   */
  async orAborted(value) {
    const { signal } = this;
    signal.throwIfAborted();
    const ended = new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
    const result = await Promise.race([value, /** @type {Promise<never>} */ (ended)]);
    signal.throwIfAborted();
    return result;
  }

  /** Lets go of everything; a reply that is still coming in is cancelled. */
  end() {
    clearTimeout(this.#timer);
    this.#visitor.removeEventListener("abort", this.#onStop);
    this.#controller.abort();
  }
}
