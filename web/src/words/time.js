/** Time left, and when it ends, as people say it. */

import { filled } from "./filled.js";
import { words } from "./words.js";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * @param {number} milliseconds
 * @returns {string} such as `0:07` or `12:00`, and from an hour on `about 9 hours`; never negative
 */
export function countdownText(milliseconds) {
  if (milliseconds >= 2 * DAY_MS) return about(milliseconds / DAY_MS, "day");
  if (milliseconds >= HOUR_MS) return about(milliseconds / HOUR_MS, "hour");
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** @param {number} amount @param {string} unit */
function about(amount, unit) {
  const format = new Intl.NumberFormat(words.LOCALE, { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 0 });
  return filled(words.ABOUT, { amount: format.format(amount) });
}

/**
 * @param {number} instant
 * @param {number} now
 * @returns {string} the day, unless it is today, and the time, as in `tomorrow at 8:00`
 */
export function dayAndTime(instant, now) {
  const days = Math.round((startOfDay(instant) - startOfDay(now)) / DAY_MS);
  const time = clockTime(instant);
  if (days === 0) return filled(words.AT_TIME, { time });
  if (days === 1) return filled(words.DAY_AT_TIME, { day: new Intl.RelativeTimeFormat(words.LOCALE, { numeric: "auto" }).format(1, "day"), time });
  const date = new Intl.DateTimeFormat(words.LOCALE, { weekday: "long", month: "long", day: "numeric" }).format(instant);
  return filled(words.ON_DATE_AT_TIME, { date, time });
}

/**
 * @param {number} instant
 * @returns {string} the time of day, by the clock of 12 or 24 hours that the visitor's browser is set to
 */
export function clockTime(instant) {
  const { hourCycle } = new Intl.DateTimeFormat([], { hour: "numeric" }).resolvedOptions();
  return new Intl.DateTimeFormat(words.LOCALE, { hour: "numeric", minute: "2-digit", hourCycle }).format(instant);
}

/** @param {number} instant */
function startOfDay(instant) {
  return new Date(instant).setHours(0, 0, 0, 0);
}
