/** The language that the visitor has chosen, or the browser, and its marks on the page. */

import { directionOf, languageFor } from "../core/languages.js";
import { localData } from "./web_storage.js";

/** @typedef {import("../core/languages.js").Language} Language */

const KEY = "nexus-language";

/** What was chosen and cannot be stored. */
let unstored = /** @type {Language | ""} */ ("");

/** @returns {Language | ""} "" where the visitor has left it to the browser */
export function storedLanguage() {
  return languageFor([localData.read(KEY) ?? unstored]) ?? "";
}

/** @param {Language | ""} language  lasts as long as the page where it cannot be stored */
export function storeLanguage(language) {
  unstored = localData.write(KEY, language) ? "" : language;
}

/** @param {unknown} [operatorsDefault]  for browsers in whose languages the page is not written */
export function preferredLanguage(operatorsDefault) {
  return languageFor([storedLanguage(), ...navigator.languages, operatorsDefault]);
}

/**
 * Calls back when another tab has chosen.
 * @param {() => void} listener
 */
export function onLanguageOfOtherTabs(listener) {
  window.addEventListener("storage", ({ key }) => key === KEY && listener());
}

/** @param {Language} language */
export function showLanguage(language) {
  const { documentElement: root } = document;
  root.lang = language;
  root.dir = directionOf(language);
}
