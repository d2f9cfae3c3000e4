/** Stand-ins for what a browser keeps and passes on, for one page or for several that share it. */

import { ConversationLibrary } from "../src/app/conversation_library.js";
import { Drafts } from "../src/edge/drafts.js";
import { Locks } from "../src/edge/locks.js";
import { WebStorage } from "../src/edge/web_storage.js";

/** Everything arrives a little later, as in a browser. */
const soon = () => new Promise((resolve) => setImmediate(resolve));

/** What all tabs of a browser share. */
export class FakeBrowser {
  stored = /** @type {Map<string, any>} */ (new Map());
  /** Of all tabs. */
  items = new FakeStorage();
  /** Storage of conversations. */
  isRefusing = false;
  hasLocks = true;
  now = 1_000;

  #ids = 0;
  #locks = new FakeLocks();
  #tabs = /** @type {Map<string, ((message: any) => void)[]>} */ (new Map());

  /** Another tab, with nothing loaded yet. @param {{ name?: string, items?: FakeStorage }} [options]  of a tab that is reloaded: what it was */
  tab({ name = `tab ${this.#tabs.size}`, items = new FakeStorage() } = {}) {
    const listeners = /** @type {((message: any) => void)[]} */ ([]);
    this.#tabs.set(name, listeners);
    return new ConversationLibrary({
      storage: this.#storage(name),
      tabs: {
        name,
        locks: new Locks(this.hasLocks ? this.#locks.managerOf(name) : undefined),
        tell: (message) => this.#tell(name, structuredClone(message)),
        listen: (listener) => listeners.push(listener),
      },
      drafts: new Drafts(new WebStorage(() => items), new WebStorage(() => this.items)),
      newId: () => `id-${(this.#ids += 1)}`,
      now: () => this.now,
    });
  }

  /** The tab is gone: it hears and stores nothing more, and its locks are free. @param {string} name */
  kill(name) {
    this.#tabs.delete(name);
    this.#locks.release(name);
  }

  /** @param {string} tab @returns {import("../src/edge/conversation_storage.js").ConversationStorage} */
  #storage(tab) {
    const works = () => !this.isRefusing && this.#tabs.has(tab);
    const write = (/** @type {any} */ found) => void this.stored.set(found.id, structuredClone(found));
    return {
      all: async () => (await soon(), works() ? [...this.stored.values()].map((found) => structuredClone(found)) : null),
      read: async (id) => (await soon(), works() ? structuredClone(this.stored.get(id)) : undefined),
      update: async (id, change) => {
        await soon();
        if (works()) write(change(structuredClone(this.stored.get(id))));
        return works();
      },
      write: async (all) => (works() && all.forEach(write), works()),
      remove: async (id) => (await soon(), works() && this.stored.delete(id)),
    };
  }

  /** @param {string} from @param {any} message */
  async #tell(from, message) {
    const others = [...this.#tabs.keys()].filter((name) => name !== from);
    await soon();
    for (const name of others) this.#tabs.get(name)?.forEach((listener) => listener(message));
  }
}

/** What a browser's small storages do. @implements {Storage} */
export class FakeStorage {
  #items = /** @type {Map<string, string>} */ (new Map());

  get length() {
    return this.#items.size;
  }
  clear() {
    this.#items.clear();
  }
  /** @param {number} index */
  key(index) {
    return [...this.#items.keys()][index] ?? null;
  }
  /** @param {string} key */
  getItem(key) {
    return this.#items.get(key) ?? null;
  }
  /** @param {string} key @param {string} value */
  setItem(key, value) {
    this.#items.set(key, value);
  }
  /** @param {string} key */
  removeItem(key) {
    this.#items.delete(key);
  }
}

/** @typedef {{ tab: string, grant: (lock: object | null) => void, release: () => void }} Turn */

/** The browser's locks: by name, in the order in which they were asked for. */
export class FakeLocks {
  #turns = /** @type {Map<string, Turn[]>} */ (new Map());

  /** @param {string} tab @returns {any} a `LockManager`, as far as the page uses it */
  managerOf(tab) {
    return {
      request: async (/** @type {string} */ name, /** @type {LockOptions} */ options, /** @type {(lock: object | null) => Promise<unknown>} */ work) => {
        const turns = this.#turns.get(name) ?? [];
        this.#turns.set(name, turns);
        if (options.ifAvailable && turns.length) return work(null);
        const granted = new Promise((grant) => turns.push({ tab, grant, release: () => {} }));
        const turn = /** @type {Turn} */ (turns.at(-1));
        turn.release = () => this.#release(name, turn);
        options.signal?.addEventListener("abort", turn.release);
        if (turns.length === 1) turn.grant({ name });
        const lock = await Promise.race([granted, aborted(options.signal)]);
        try {
          return await work(/** @type {object} */ (lock));
        } finally {
          turn.release();
        }
      },
    };
  }

  /** @param {string} tab  that is gone */
  release(tab) {
    for (const turns of this.#turns.values()) for (const turn of [...turns]) if (turn.tab === tab) turn.release();
  }

  /** @param {string} name @param {Turn} turn */
  #release(name, turn) {
    const turns = /** @type {Turn[]} */ (this.#turns.get(name));
    const index = turns.indexOf(turn);
    if (index < 0) return;
    turns.splice(index, 1);
    if (index === 0) turns[0]?.grant({ name });
  }
}

/** @param {AbortSignal | undefined} signal @returns {Promise<never>} */
function aborted(signal) {
  return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
}
