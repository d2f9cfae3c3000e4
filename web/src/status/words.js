/** The words of the status page, in one language at a time. */

/** @typedef {import("../words/status_en.js").StatusWords} StatusWords */

/** @type {Record<import("../core/languages.js").Language, () => Promise<{ statusWords: StatusWords }>>} */
const CATALOGUES = {
  en: () => import("../words/status_en.js"),
  de: () => import("../words/status_de.js"),
  es: () => import("../words/status_es.js"),
  fr: () => import("../words/status_fr.js"),
  pt: () => import("../words/status_pt.js"),
  ja: () => import("../words/status_ja.js"),
  ar: () => import("../words/status_ar.js"),
};

/**
 * @param {import("../core/languages.js").Language} language
 * @throws {TypeError} where they cannot be fetched
 */
export async function loadStatusWords(language) {
  return (await CATALOGUES[language]()).statusWords;
}

/**
 * @param {StatusWords} words
 * @param {string} key  as in `NO_MODEL.silent`
 * @returns {string | undefined} undefined where a newer service has a text that this page does not know
 */
export function sentenceOf(words, key) {
  const found = key.split(".").reduce((table, name) => table?.[name], /** @type {any} */ (words));
  return typeof found === "string" ? found : undefined;
}
