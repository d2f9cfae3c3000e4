/** When something was, as a list says it. */

import { clockTime } from "./time.js";
import { words } from "./words.js";

/**
 * @param {number} instant
 * @param {number} now
 * @returns {string} the time if it is today's, else the day, with the year if it is another
 */
export function listDate(instant, now) {
  const [date, today] = [new Date(instant), new Date(now)];
  if (date.toDateString() === today.toDateString()) return clockTime(instant);
  const year = date.getFullYear() === today.getFullYear() ? undefined : "numeric";
  return new Intl.DateTimeFormat(words.LOCALE, { day: "numeric", month: "short", year }).format(date);
}
