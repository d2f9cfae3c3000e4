/** Whether a text was changed or replaced. */

/**
 * @param {string} before
 * @param {string} after
 * @returns {boolean} whether at least half of it stands where it stood, at its beginning and at its end
 */
export function isRewording(before, after) {
  const shorter = Math.min(before.length, after.length);
  let [start, end] = [0, 0];
  while (start < shorter && before[start] === after[start]) start += 1;
  while (start + end < shorter && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return 2 * (start + end) >= before.length;
}
