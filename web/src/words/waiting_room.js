/** A place in line and the time left, as people say them. */

import { LANGUAGE } from "./en.js";
import { EXPECTED_ABOUT, EXPECTED_IN, EXPECTED_UNKNOWN, NEXT_IN_LINE, NUMBER_IN_LINE } from "./en_waiting_room.js";
import { filled } from "./filled.js";

/** @type {[string, number][]} */
const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

/** @param {number} position */
export function placeText(position) {
  return position === 1 ? NEXT_IN_LINE : filled(NUMBER_IN_LINE, { number: new Intl.NumberFormat(LANGUAGE).format(position) });
}

/**
 * @param {number | null} milliseconds  null: nobody knows
 * @returns {string} with the slot `{countdown}` where less than a minute is left: seconds earlier would promise too much
 */
export function turnText(milliseconds) {
  if (milliseconds === null) return EXPECTED_UNKNOWN;
  const [unit, length] = UNITS.find(([, length]) => milliseconds >= length) ?? [];
  if (!unit || !length) return EXPECTED_IN;
  const count = Math.round(milliseconds / length);
  const form = new Intl.PluralRules(LANGUAGE).select(count);
  return filled(EXPECTED_ABOUT[unit][form] ?? EXPECTED_ABOUT[unit].other, { count: new Intl.NumberFormat(LANGUAGE).format(count) });
}
