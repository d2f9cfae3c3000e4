/** What is said of the model on this device, as people say it. */

import { LANGUAGE } from "./en.js";

/**
 * @param {readonly string[]} languages  as BCP 47 tags
 * @returns {string} such as `English and German`
 */
export function listOfLanguages(languages) {
  const names = new Intl.DisplayNames(LANGUAGE, { type: "language" });
  return new Intl.ListFormat(LANGUAGE).format(languages.map((language) => names.of(language) ?? language));
}

/** @param {number} share  from 0 to 1 */
export function percent(share) {
  return new Intl.NumberFormat(LANGUAGE, { style: "percent" }).format(share);
}
