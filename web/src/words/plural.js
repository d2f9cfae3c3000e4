/** Numbers, and sentences that depend on one. */

import { filled } from "./filled.js";
import { words } from "./words.js";

/** @param {number} number */
export function numberText(number) {
  return new Intl.NumberFormat(words.LOCALE).format(number);
}

/**
 * @param {import("./en.js").Plural} forms  with the slot `{count}`
 * @param {number} count
 */
export function inPlural(forms, count) {
  const form = new Intl.PluralRules(words.LOCALE).select(count);
  return filled(forms[form] ?? forms.other, { count: numberText(count) });
}
