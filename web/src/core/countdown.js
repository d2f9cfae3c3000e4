/** Time left, and when it ends, as people say it. */

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
  const count = Math.round(amount);
  return `about ${count} ${unit}${count === 1 ? "" : "s"}`;
}

/**
 * @param {number} instant
 * @param {number} now
 * @returns {string} the day, unless it is today, and the time, as in `tomorrow at 08:00`
 */
export function dayAndTime(instant, now) {
  const days = Math.round((startOfDay(instant) - startOfDay(now)) / DAY_MS);
  const at = `at ${clockTime(instant)}`;
  if (days === 0) return at;
  if (days === 1) return `tomorrow ${at}`;
  return `on ${new Date(instant).toLocaleDateString("en", { weekday: "long", month: "long", day: "numeric" })} ${at}`;
}

/**
 * @param {number} instant
 * @returns {string} the time of day as the visitor writes it
 */
export function clockTime(instant) {
  return new Date(instant).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

/** @param {number} instant */
function startOfDay(instant) {
  return new Date(instant).setHours(0, 0, 0, 0);
}
