/** Whether a text was changed or replaced. */

/**
 * @param {string} before
 * @param {string} after
 * @returns {boolean} whether it begins or ends with half of what was there
 */
export function isRewording(before, after) {
  const half = Math.ceil(before.length / 2);
  return after.startsWith(before.slice(0, half)) || after.endsWith(before.slice(-half));
}
