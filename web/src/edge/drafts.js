/**
 * Keeps drafts. Each tab has its own, also after a reload, and a new tab begins with the latest.
 *
 * In sessionStorage and localStorage, because they are written at once: a page that goes away may not finish anything slower.
 */

const PREFIX = "nexus.draft.";

/** What neither takes, refused or full: it lives as long as the page. */
const unstored = /** @type {Map<string, string>} */ (new Map());

export const drafts = {
  /** @param {string} key */
  read(key) {
    return unstored.get(key) ?? stored("sessionStorage", key) ?? stored("localStorage", key) ?? "";
  },

  /** @param {string} key @param {string} words */
  write(key, words) {
    const before = drafts.read(key);
    if (words === before) return;
    const isOurs = words !== "" || stored("localStorage", key) === before;
    const isStored = [store("sessionStorage", key, words), isOurs && store("localStorage", key, words)].some(Boolean);
    if (isStored) unstored.delete(key);
    else unstored.set(key, words);
  },
};

/** @typedef {"sessionStorage" | "localStorage"} Place */

/** @param {Place} place @param {string} key */
function stored(place, key) {
  try {
    return globalThis[place].getItem(PREFIX + key);
  } catch {
    return null;
  }
}

/** @param {Place} place @param {string} key @param {string} words @returns {boolean} whether they are there now */
function store(place, key, words) {
  try {
    globalThis[place].removeItem(PREFIX + key); // so that no older words stay where there is no room for these
    if (words) globalThis[place].setItem(PREFIX + key, words);
    return true;
  } catch {
    return false;
  }
}
