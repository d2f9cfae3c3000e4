/** Whether the transcript follows new text. Any move upwards lets go; only the bottom takes hold again. */

/** Rounding and half a line: this close to the end counts as the end. */
const BOTTOM_TOLERANCE_PX = 24;

/** @typedef {{ scrollTop: number, scrollHeight: number, clientHeight: number }} Extent */

/** @param {Extent} extent */
export function isAtBottom({ scrollTop, scrollHeight, clientHeight }) {
  return scrollHeight - clientHeight - scrollTop <= BOTTOM_TOLERANCE_PX;
}

/**
 * @param {boolean} isFollowing
 * @param {Extent} extent
 * @param {number} previousTop
 * @returns {boolean}
 */
export function isFollowingAfterScroll(isFollowing, extent, previousTop) {
  if (isAtBottom(extent)) return true;
  return isFollowing && extent.scrollTop >= previousTop;
}
