/** The language that the page is shown in. */

import { signal } from "@preact/signals";
import { preferredLanguage, showLanguage } from "../edge/language_setting.js";
import { loadWords } from "../words/words.js";

/** @typedef {import("../core/languages.js").Language} Language */

export const language = signal(/** @type {Language} */ ("en"));

/**
 * @param {Language} chosen
 * @returns {Promise<boolean>} whether its words could be fetched; else the page stays as it is
 */
export async function speak(chosen) {
  try {
    await loadWords(chosen);
  } catch {
    return false;
  }
  showLanguage(chosen);
  language.value = chosen;
  return true;
}

/**
 * Says everything in the language that the visitor has now chosen.
 * @param {unknown} operatorsDefault
 */
export function speakChosen(operatorsDefault) {
  return speak(preferredLanguage(operatorsDefault) ?? "en");
}

/**
 * In English where the words of another language cannot be fetched, as those cannot that are used offline for the first time.
 * @param {() => Promise<unknown>} operatorsDefault  asked only where the browser wants no language of ours
 * @returns {Promise<boolean>} whether the page has words
 */
export async function speakPreferred(operatorsDefault) {
  const preferred = preferredLanguage() ?? preferredLanguage(await operatorsDefault()) ?? "en";
  return (await speak(preferred)) || speak("en");
}
