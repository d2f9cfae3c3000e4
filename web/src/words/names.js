/** Names, which are the same in every language. */

export const NAME = "Nexus";
export const ANSWERER = "Nexus Core";

/** Each as those who speak it call it. @type {Record<import("../core/languages.js").Language, string>} */
export const LANGUAGE_NAMES = {
  en: "English",
  de: "Deutsch",
  es: "Español",
  fr: "Français",
  pt: "Português (Brasil)",
  ja: "日本語",
  ar: "العربية",
};
