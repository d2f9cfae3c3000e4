/** Keeps the visitor's id for the next request. All tabs share it, so it is read anew each time. */

import { visitorIdOf } from "../core/visitor.js";
import { localData } from "./web_storage.js";

/**
 * @typedef {object} VisitorId
 * @property {() => string | null} read
 * @property {(text: string | null) => void} keep  takes what a reply had; null and what is no id change nothing
 */

const KEY = "nexus.visitor";

/**
 * @param {import("./web_storage.js").WebStorage} [storage]  where it refuses, the id lives as long as the page
 * @returns {VisitorId}
 */
export function visitorId(storage = localData) {
  let inMemory = /** @type {string | null} */ (null);
  return {
    read: () => visitorIdOf(storage.read(KEY)) ?? inMemory,
    keep(text) {
      const id = visitorIdOf(text);
      if (id === null) return;
      inMemory = id;
      storage.write(KEY, id);
    },
  };
}
