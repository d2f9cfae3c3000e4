/** Keeps the contents of attached files in a database of their own. Every refusal is a value. */

import { createStore, delMany, entries, getMany, setMany } from "idb-keyval";
import { attempt } from "./conversation_storage.js";

/** @typedef {{ text: string, at: number }} Content  `at`: when it was attached */

/**
 * @typedef {object} AttachmentStorage
 * @property {(ids: string[]) => Promise<(Content | undefined)[]>} read
 * @property {(contents: [string, Content][]) => Promise<boolean>} write  whether they are stored
 * @property {(ids: string[]) => Promise<boolean>} remove
 * @property {() => Promise<{ id: string, at: number }[]>} list
 */

const DATABASE = "nexus-attachments";
const STORE = "contents";

/** @implements {AttachmentStorage} */
export class IndexedDbAttachments {
  #store = /** @type {ReturnType<typeof createStore> | undefined} */ (undefined);

  /** @param {string[]} ids */
  read(ids) {
    return attempt(() => getMany(ids, this.#opened()), []);
  }

  /** @param {[string, Content][]} contents */
  write(contents) {
    return attempt(() => setMany(contents, this.#opened()).then(() => true), false);
  }

  /** @param {string[]} ids */
  remove(ids) {
    return attempt(() => delMany(ids, this.#opened()).then(() => true), false);
  }

  list() {
    const found = async () => (await entries(this.#opened())).map(([id, { at }]) => ({ id: String(id), at }));
    return attempt(found, /** @type {{ id: string, at: number }[]} */ ([]));
  }

  #opened() {
    return (this.#store ??= createStore(DATABASE, STORE));
  }
}
