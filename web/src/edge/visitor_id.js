/** Keeps the visitor's id for the next request. All tabs share it, so it is read anew each time. */

import { visitorIdOf } from "../core/visitor.js";

/**
 * @typedef {object} VisitorId
 * @property {() => string | null} read
 * @property {(text: string | null) => void} keep  takes what a reply had; null and what is no id change nothing
 */

const KEY = "nexus.visitor";

/**
 * @param {() => Storage} [storage]  may throw, where the browser keeps nothing for the page
 * @returns {VisitorId}
 */
export function visitorId(storage = () => localStorage) {
  let inMemory = /** @type {string | null} */ (null);
  return {
    read() {
      try {
        return visitorIdOf(storage().getItem(KEY)) ?? inMemory;
      } catch {
        return inMemory; // storage is refused: the id lives as long as the page
      }
    },
    keep(text) {
      const id = visitorIdOf(text);
      if (id === null) return;
      inMemory = id;
      try {
        storage().setItem(KEY, id);
      } catch {
        // as above, or it is full
      }
    },
  };
}
