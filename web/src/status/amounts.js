/** Instants, lengths of time and shares, as the status page says them. */

const MINUTE_SECONDS = 60;
const DAY_SECONDS = 86_400;
/** @type {[string, number][]} */
const UNITS = [
  ["day", DAY_SECONDS],
  ["hour", 3_600],
  ["minute", MINUTE_SECONDS],
];

/** @param {import("../core/languages.js").Language} language */
function localeOf(language) {
  return `${language}-u-nu-latn`; // digits as everywhere on the page
}

/**
 * @param {string} machine  what a `time` has in `datetime`: an instant, or a length such as `PT90S`
 * @param {import("../core/languages.js").Language} language
 * @param {string} underAMinute
 */
export function timeText(machine, language, underAMinute) {
  const [, seconds] = /^PT(\d+)S$/.exec(machine) ?? [];
  return seconds ? lengthText(Number(seconds), language, underAMinute) : instantText(Date.parse(machine), language);
}

/**
 * @param {number} seconds
 * @param {import("../core/languages.js").Language} language
 * @param {string} underAMinute
 * @returns {string} in its two largest units
 */
export function lengthText(seconds, language, underAMinute) {
  if (seconds < MINUTE_SECONDS) return underAMinute;
  const locale = localeOf(language);
  const parts = [];
  let rest = seconds;
  for (const [unit, length] of UNITS) {
    const count = Math.floor(rest / length);
    rest %= length;
    if (count) parts.push(new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(count));
  }
  return new Intl.ListFormat(locale, { type: "unit" }).format(parts.slice(0, 2));
}

/**
 * @param {number} instant
 * @param {import("../core/languages.js").Language} language
 * @returns {string} by the clock and in the time zone that the browser is set to
 */
export function instantText(instant, language) {
  const { hourCycle } = new Intl.DateTimeFormat([], { hour: "numeric" }).resolvedOptions();
  return new Intl.DateTimeFormat(localeOf(language), { day: "numeric", month: "long", year: "numeric", hour: "numeric", minute: "2-digit", hourCycle }).format(instant);
}

/**
 * @param {number} start  of a stretch of time
 * @param {number} seconds  how long it is; a day is one of UTC
 * @param {import("../core/languages.js").Language} language
 */
export function stretchText(start, seconds, language) {
  if (seconds < DAY_SECONDS) return instantText(start, language);
  return new Intl.DateTimeFormat(localeOf(language), { dateStyle: "long", timeZone: "UTC" }).format(start);
}

/**
 * @param {number} share  from 0 to 1
 * @param {import("../core/languages.js").Language} language
 */
export function shareText(share, language) {
  return new Intl.NumberFormat(localeOf(language), { style: "percent", maximumFractionDigits: 2 }).format(share);
}

export function timeZone() {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
