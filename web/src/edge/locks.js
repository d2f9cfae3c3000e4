/** Locks that all tabs share. A browser that refuses them is no error: the work is done without, and is told so. */

const PREFIX = "nexus.";

/** @typedef {Pick<LockManager, "request">} Manager */

/**
 * @template T
 * @typedef {(isLocked: boolean) => Promise<T>} Work  `isLocked` is false where the browser has no locks, or refuses them
 */

export class Locks {
  #manager;
  #isGranted;

  /** @param {Manager | undefined} [manager]  absent where the address is not secure */
  constructor(manager = globalThis.navigator?.locks) {
    this.#manager = manager;
    this.#isGranted = manager !== undefined;
  }

  /** Whether tabs can take turns, as far as the last request has shown. */
  get areGranted() {
    return this.#isGranted;
  }

  // Actions

  /**
   * Does the work in one tab at a time. The lock is free when the work is done or the tab is gone.
   * @template T
   * @param {string} name
   * @param {Work<T>} work
   * @param {{ timeoutMs?: number }} [options]  how long to wait at most before doing it without the lock
   * @returns {Promise<T>}
   */
  withLock(name, work, { timeoutMs } = {}) {
    const options = timeoutMs === undefined ? {} : { signal: AbortSignal.timeout(timeoutMs) };
    return /** @type {Promise<T>} */ (this.#request(name, work, options));
  }

  /**
   * @template T
   * @param {string} name
   * @param {Work<T>} work
   * @returns {Promise<T | undefined>} undefined where another tab has the lock: the work was not done
   */
  tryLock(name, work) {
    return this.#request(name, work, { ifAvailable: true });
  }

  // Internal

  /**
   * @template T
   * @param {string} name
   * @param {Work<T>} work
   * @param {LockOptions} options
   * @returns {Promise<T | undefined>}
   */
  async #request(name, work, options) {
    if (!this.#manager) return work(false);
    const begun = /** @type {{ work?: Promise<T | undefined> }} */ ({});
    try {
      await this.#manager.request(PREFIX + name, options, (lock) => {
        this.#isGranted = true;
        return (begun.work = lock ? work(true) : Promise.resolve(undefined));
      });
    } catch (error) {
      const isOverdue = /** @type {Error} */ (error).name === "TimeoutError";
      if (!begun.work && !isOverdue) this.#isGranted = false;
    }
    return begun.work ?? work(false); // what the work itself throws is the caller's
  }
}
