/** What is said of the model on this device, as people say it. */

import { words } from "./words.js";

/**
 * @param {readonly string[]} languages  as BCP 47 tags
 * @returns {string} such as `English and German`
 */
export function listOfLanguages(languages) {
  const names = new Intl.DisplayNames(words.LOCALE, { type: "language" });
  return new Intl.ListFormat(words.LOCALE).format(languages.map((language) => names.of(language) ?? language));
}

/** @param {number} share  from 0 to 1 */
export function percent(share) {
  return new Intl.NumberFormat(words.LOCALE, { style: "percent" }).format(share);
}
