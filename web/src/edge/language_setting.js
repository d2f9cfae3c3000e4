/** The language that the visitor has chosen, or the browser, and its marks on the page. */

import { directionOf, languageFor } from "../core/languages.js";
import { localData } from "./web_storage.js";

/** @typedef {import("../core/languages.js").Language} Language */

const KEY = "nexus-language";

/** @returns {Language | ""} "" where the visitor has left it to the browser */
export function storedLanguage() {
  return languageFor([localData.read(KEY)]) ?? "";
}

/** @param {Language | ""} language */
export function storeLanguage(language) {
  localData.write(KEY, language);
}

/** @param {unknown} [operatorsDefault]  for browsers in whose languages the page is not written */
export function preferredLanguage(operatorsDefault) {
  return languageFor([storedLanguage(), ...navigator.languages, operatorsDefault]);
}

/** @param {Language} language */
export function showLanguage(language) {
  const { documentElement: root } = document;
  root.lang = language;
  root.dir = directionOf(language);
}
