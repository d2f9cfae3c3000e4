/** The words of the page, in one language at a time. Nothing is drawn or said before the first has been loaded. */

/** @typedef {import("./en.js").Catalogue} Catalogue */

/**
 * Tables of a catalogue are also read by codes that come from elsewhere, and may lack one.
 * @typedef {{ [K in keyof Catalogue]: Catalogue[K] extends string | readonly string[] ? Catalogue[K] : Catalogue[K] & Record<string, Catalogue[K][keyof Catalogue[K]]> }} Words
 */

/** @type {Record<import("../core/languages.js").Language, () => Promise<{ catalogue: Catalogue }>>} */
const CATALOGUES = {
  en: () => import("./en.js"),
  de: () => import("./de.js"),
  es: () => import("./es.js"),
  fr: () => import("./fr.js"),
  pt: () => import("./pt.js"),
  ja: () => import("./ja.js"),
  ar: () => import("./ar.js"),
};

export let words = /** @type {Words} */ ({});

/**
 * Resolves once `words` are those of the language.
 * @param {import("../core/languages.js").Language} language
 * @throws {TypeError} where they cannot be fetched
 */
export async function loadWords(language) {
  const { catalogue } = await CATALOGUES[language]();
  words = catalogue;
}
