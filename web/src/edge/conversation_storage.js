/** Keeps conversations in the browser's IndexedDB. Every refusal is a value: the page works without. */

import { createStore, del, get, set, update, values } from "idb-keyval";

/**
 * What is found may have been stored by another version of the page.
 * @typedef {object} ConversationStorage
 * @property {() => Promise<unknown[] | null>} all  null where nothing can be read
 * @property {(id: string) => Promise<unknown>} read  undefined also where it cannot be read
 * @property {(id: string, change: (found: unknown) => unknown) => Promise<boolean>} update  in one transaction; whether it is stored
 * @property {(conversation: any) => Promise<boolean>} write  in one step, whatever was there; whether it is stored
 * @property {(id: string) => Promise<boolean>} remove
 */

const DATABASE = "nexus";
const STORE = "conversations";
/** A database that is blocked or broken may never answer. */
const TIMEOUT_MS = 5_000;

/** @implements {ConversationStorage} */
export class IndexedDbStorage {
  #store = /** @type {ReturnType<typeof createStore> | undefined} */ (undefined);

  all() {
    return attempt(() => values(this.#opened()), null);
  }

  /** @param {string} id */
  read(id) {
    return attempt(() => get(id, this.#opened()), undefined);
  }

  /** @param {string} id @param {(found: unknown) => unknown} change */
  update(id, change) {
    return attempt(() => update(id, change, this.#opened()).then(() => true), false);
  }

  /** @param {any} conversation */
  write(conversation) {
    return attempt(() => set(conversation.id, conversation, this.#opened()).then(() => true), false);
  }

  /** @param {string} id */
  remove(id) {
    return attempt(() => del(id, this.#opened()).then(() => true), false);
  }

  #opened() {
    return (this.#store ??= createStore(DATABASE, STORE));
  }
}

/**
 * @template T, R
 * @param {() => Promise<T>} work  may throw at once, where there is no database at all
 * @param {R} refused  what a refusal comes to
 * @returns {Promise<T | R>}
 */
async function attempt(work, refused) {
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
