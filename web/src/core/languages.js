/** The languages of the page, and which of them a visitor reads. */

/** @typedef {"en" | "de" | "es" | "fr" | "pt" | "ja" | "ar"} Language */

/** @type {readonly Language[]} */
export const LANGUAGES = Object.freeze(["en", "de", "es", "fr", "pt", "ja", "ar"]);

/**
 * @param {readonly unknown[]} tags  as in BCP 47, the best first; what is no tag is passed over
 * @returns {Language | undefined} the first that the page has, whatever the region
 */
export function languageFor(tags) {
  for (const tag of tags) {
    const primary = typeof tag === "string" ? tag.toLowerCase().split("-")[0] : "";
    const language = LANGUAGES.find((each) => each === primary);
    if (language) return language;
  }
  return undefined;
}

/** @param {Language} language */
export function directionOf(language) {
  return language === "ar" ? "rtl" : "ltr";
}
