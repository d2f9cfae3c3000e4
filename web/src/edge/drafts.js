/**
 * Keeps drafts. Each tab has its own, also after a reload, and a new tab begins with the latest.
 *
 * In the small storages, because they are written at once: a page that goes away may not finish anything slower.
 */

import { localData, tabData } from "./web_storage.js";

const PREFIX = "nexus.draft.";

export class Drafts {
  #own;
  #shared;
  /** What neither takes, refused or full: it lives as long as the page. */
  #unstored = /** @type {Map<string, string>} */ (new Map());

  /**
   * @param {import("./web_storage.js").WebStorage} own  of the tab
   * @param {import("./web_storage.js").WebStorage} shared  of all tabs
   */
  constructor(own = tabData, shared = localData) {
    this.#own = own;
    this.#shared = shared;
  }

  /** @param {string} key @returns {string} "" where there is none */
  read(key) {
    const stored = () => this.#own.read(PREFIX + key) ?? this.#shared.read(PREFIX + key);
    return this.#unstored.get(key) ?? stored() ?? "";
  }

  /** @param {string} key @param {string} words  "" for none */
  write(key, words) {
    const before = this.read(key);
    if (words === before && (words === "" || this.#own.read(PREFIX + key) === words)) return;
    const isOurs = words !== "" || this.#shared.read(PREFIX + key) === before;
    const isStored = [this.#own.write(PREFIX + key, words), isOurs && this.#shared.write(PREFIX + key, words)].some(Boolean);
    if (isStored) this.#unstored.delete(key);
    else this.#unstored.set(key, words);
  }
}
