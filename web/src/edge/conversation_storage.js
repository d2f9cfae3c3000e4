/** Keeps conversations in the browser's IndexedDB. Every failure is an answer: the page works without. */

import { createStore, del, get, set, values } from "idb-keyval";

/** @typedef {import("../core/library.js").StoredConversation} StoredConversation */

/**
 * @typedef {object} ConversationStorage
 * @property {() => Promise<StoredConversation[]>} all
 * @property {(id: string) => Promise<StoredConversation | undefined>} read
 * @property {(kept: StoredConversation) => Promise<void>} write
 * @property {(id: string) => Promise<void>} remove
 */

const DATABASE = "nexus";
const STORE = "conversations";
/** A database that is blocked or broken may never answer. */
const TIMEOUT_MS = 5_000;

/** @implements {ConversationStorage} */
export class IndexedDbStorage {
  #store = /** @type {ReturnType<typeof createStore> | undefined} */ (undefined);

  all() {
    return inTime(() => values(this.#opened()));
  }

  /** @param {string} id */
  read(id) {
    return inTime(() => get(id, this.#opened()));
  }

  /** @param {StoredConversation} kept */
  write(kept) {
    return inTime(() => set(kept.id, kept, this.#opened()));
  }

  /** @param {string} id */
  remove(id) {
    return inTime(() => del(id, this.#opened()));
  }

  #opened() {
    return (this.#store ??= createStore(DATABASE, STORE));
  }
}

/**
 * @template T
 * @param {() => Promise<T>} work  may throw at once, where there is no database at all
 * @returns {Promise<T>}
 */
async function inTime(work) {
  const timer = new AbortController();
  const overdue = new Promise((_, reject) => {
    const timeout = setTimeout(() => reject(new Error("the database does not answer")), TIMEOUT_MS);
    timer.signal.addEventListener("abort", () => clearTimeout(timeout));
  });
  try {
    return await Promise.race([work(), /** @type {Promise<never>} */ (overdue)]);
  } finally {
    timer.abort();
  }
}
