/** Stand-ins for what a browser keeps and passes on, for one page or for several that share it. */

import { ConversationLibrary } from "../src/app/conversation_library.js";

/** @typedef {import("../src/core/library.js").StoredConversation} StoredConversation */

/** What all tabs of a browser share. */
export class FakeBrowser {
  stored = /** @type {Map<string, StoredConversation>} */ (new Map());
  /** The latest of all tabs, with which a new one begins. */
  drafts = /** @type {Map<string, string>} */ (new Map());
  isRefusing = false;
  now = 1_000;

  #ids = 0;
  #listeners = /** @type {Map<number, ((message: any) => void)[]>} */ (new Map());
  #turns = /** @type {Map<string, Promise<unknown>>} */ (new Map());

  /** Another tab, with nothing loaded yet. */
  tab() {
    const number = this.#listeners.size;
    const own = /** @type {((message: any) => void)[]} */ ([]);
    this.#listeners.set(number, own);
    return new ConversationLibrary({
      storage: this.#storage(),
      tabs: {
        tab: null,
        name: `tab ${number}`,
        tell: (message) => this.#tell(number, structuredClone(message)),
        listen: (listener) => own.push(listener),
        withLock: (name, work) => this.#withLock(name, work),
      },
      drafts: this.#drafts(),
      newId: () => `id-${(this.#ids += 1)}`,
      now: () => this.now,
    });
  }

  /** The tab is gone: it hears nothing more, and what it was doing has its turns no longer. */
  loseTurns() {
    this.#turns.clear();
  }

  #storage() {
    const answer = (/** @type {() => any} */ work) => async () => {
      if (this.isRefusing) throw new Error("refused");
      return work();
    };
    return {
      all: answer(() => [...this.stored.values()]),
      read: (/** @type {string} */ id) => answer(() => this.stored.get(id))(),
      write: (/** @type {StoredConversation} */ kept) => answer(() => void this.stored.set(kept.id, structuredClone(kept)))(),
      remove: (/** @type {string} */ id) => answer(() => void this.stored.delete(id))(),
    };
  }

  /** Each tab has its own. */
  #drafts() {
    const own = /** @type {Map<string, string>} */ (new Map());
    const read = (/** @type {string} */ key) => own.get(key) ?? this.drafts.get(key) ?? "";
    const write = (/** @type {string} */ key, /** @type {string} */ words) => {
      const isOurs = words !== "" || this.drafts.get(key) === read(key);
      own.set(key, words);
      if (isOurs) this.drafts.set(key, words);
    };
    return { read, write };
  }

  /** What a tab tells, the others that are open hear a little later. @param {number} from @param {any} message */
  #tell(from, message) {
    const others = [...this.#listeners].filter(([number]) => number !== from).map(([, listeners]) => listeners);
    setImmediate(() => others.flat().forEach((listener) => listener(message)));
  }

  /** @template T @param {string} name @param {() => Promise<T>} work @returns {Promise<T>} */
  #withLock(name, work) {
    const turn = (this.#turns.get(name) ?? Promise.resolve()).then(work);
    this.#turns.set(name, turn);
    return turn;
  }
}
