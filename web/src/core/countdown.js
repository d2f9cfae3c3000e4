/** Time left, in the form of a clock. */

/**
 * @param {number} milliseconds
 * @returns {string} such as `0:07`, `12:00` or `3:05:09`; never negative
 */
export function countdownText(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60];
  const hours = Math.floor(seconds / 3600);
  if (hours) parts.unshift(hours);
  return parts.map((part, index) => (index ? String(part).padStart(2, "0") : String(part))).join(":");
}
