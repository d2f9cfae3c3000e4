/** The browser's small storages. A refusal is a value: site data may be blocked, and the disk full, at any moment. */

export class WebStorage {
  #place;

  /** @param {() => Storage} place  may throw */
  constructor(place) {
    this.#place = place;
  }

  /**
   * @param {string} key
   * @returns {string | null} null where there is nothing, or nothing can be read
   */
  read(key) {
    try {
      return this.#place().getItem(key);
    } catch {
      return null;
    }
  }

  /**
   * @param {string} key
   * @param {string} text  "" leaves nothing
   * @returns {boolean} whether it is so now; where there is no room for the text, what was there before is gone
   */
  write(key, text) {
    try {
      this.#place().removeItem(key);
      if (text) this.#place().setItem(key, text);
      return true;
    } catch {
      return false;
    }
  }
}

/** Of all tabs, until the visitor clears it. */
export const localData = new WebStorage(() => localStorage);

/** Of this tab, also after a reload. */
export const tabData = new WebStorage(() => sessionStorage);
