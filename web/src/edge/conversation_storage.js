/** Keeps conversations in the browser's IndexedDB. Every refusal is a value: the page works without. */

import { createStore, del, get, promisifyRequest, values } from "idb-keyval";

/**
 * What is found may have been stored by another version of the page.
 * @typedef {object} ConversationStorage
 * @property {() => Promise<unknown[] | null>} all  null where nothing can be read
 * @property {(id: string) => Promise<unknown>} read  undefined also where it cannot be read
 * @property {(id: string, change: (found: unknown) => unknown) => Promise<boolean>} update  in one transaction; whether it is stored
 * @property {(conversations: readonly any[]) => Promise<boolean>} write  in one step, whatever was there; whether they are stored
 * @property {(id: string) => Promise<boolean>} remove
 */

const DATABASE = "nexus";
const STORE = "conversations";
/** A database that is blocked or broken may never answer. */
const TIMEOUT_MS = 5_000;

/** @implements {ConversationStorage} */
export class IndexedDbStorage {
  #store = /** @type {ReturnType<typeof createStore> | undefined} */ (undefined);
  /** Of updates that have yet to read: while a page is being left, what is written behind one is lost. */
  #reading = /** @type {Set<IDBObjectStore>} */ (new Set());

  all() {
    return attempt(() => values(this.#opened()), null);
  }

  /** @param {string} id */
  read(id) {
    return attempt(() => get(id, this.#opened()), undefined);
  }

  /** @param {string} id @param {(found: unknown) => unknown} change */
  update(id, change) {
    return attempt(() => this.#update(id, change), false);
  }

  /** @param {readonly any[]} conversations */
  write(conversations) {
    for (const { transaction } of this.#reading) transaction.abort();
    this.#reading.clear();
    return attempt(() => this.#opened()("readwrite", (store) => put(store, conversations)), false);
  }

  /** @param {string} id */
  remove(id) {
    return attempt(() => del(id, this.#opened()).then(() => true), false);
  }

  // Internal

  /** @param {string} id @param {(found: unknown) => unknown} change @returns {Promise<boolean>} */
  #update(id, change) {
    return this.#opened()("readwrite", async (store) => {
      this.#reading.add(store);
      const reply = await promisifyRequest(store.get(id)).then((found) => ({ found }), () => null);
      const isSuperseded = !this.#reading.delete(store);
      if (isSuperseded) return this.#update(id, change);
      return reply !== null && put(store, [change(reply.found)]);
    });
  }

  #opened() {
    return (this.#store ??= createStore(DATABASE, STORE));
  }
}

/**
 * Commits at once: a browser drops what is left to commit by itself when the page goes.
 * @param {IDBObjectStore} store
 * @param {readonly any[]} conversations
 */
async function put(store, conversations) {
  for (const conversation of conversations) store.put(conversation, conversation.id);
  store.transaction.commit();
  await promisifyRequest(store.transaction);
  return true;
}

/**
 * @template T, R
 * @param {() => Promise<T>} work  may throw at once, where there is no database at all
 * @param {R} refused  what a refusal comes to
 * @returns {Promise<T | R>}
 */
export async function attempt(work, refused) {
  let timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  const overdue = new Promise((resolve) => (timer = setTimeout(resolve, TIMEOUT_MS, refused)));
  try {
    return await Promise.race([work(), /** @type {Promise<R>} */ (overdue)]);
  } catch {
    return refused;
  } finally {
    clearTimeout(timer);
  }
}
