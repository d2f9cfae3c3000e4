/** A place in line and the time left, as people say them. */

import { filled } from "./filled.js";
import { inPlural, numberText } from "./plural.js";
import { words } from "./words.js";

/** @type {[keyof import("./en.js").Catalogue["EXPECTED_ABOUT"], number][]} */
const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

/** @param {number} position */
export function placeText(position) {
  return position === 1 ? words.NEXT_IN_LINE : filled(words.NUMBER_IN_LINE, { number: numberText(position) });
}

/**
 * @param {number | null} milliseconds  null: nobody knows
 * @returns {string} with the slot `{countdown}` where less than a minute is left: seconds earlier would promise too much
 */
export function turnText(milliseconds) {
  if (milliseconds === null) return words.EXPECTED_UNKNOWN;
  const [unit, length] = UNITS.find(([, length]) => milliseconds >= length) ?? [];
  if (!unit || !length) return words.EXPECTED_IN;
  return inPlural(words.EXPECTED_ABOUT[unit], Math.round(milliseconds / length));
}
