/** Keeps drafts. In localStorage, because it is written at once: a page that goes away may not finish anything slower. */

const PREFIX = "nexus.draft.";

export const drafts = {
  /** @param {string} key */
  read(key) {
    return attempted(() => localStorage.getItem(PREFIX + key)) ?? "";
  },

  /** @param {string} key @param {string} words */
  write(key, words) {
    attempted(() => (words ? localStorage.setItem(PREFIX + key, words) : localStorage.removeItem(PREFIX + key)));
  },
};

/**
 * @template T
 * @param {() => T} work
 * @returns {T | undefined}
 */
function attempted(work) {
  try {
    return work();
  } catch {
    return undefined; // refused or full: the draft lives as long as the page
  }
}
