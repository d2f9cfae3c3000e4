/**
 * Whether the transcript follows new text.
 *
 * 1. Any move upwards lets go, however small.
 * 2. Only reaching the bottom by moving downwards takes hold again.
 * 3. A move no longer than what the text lost and the box gained is the layout's, and lets nothing go.
 */

/** Rounding and half a line: this close to the end counts as the end. */
const BOTTOM_TOLERANCE_PX = 24;
/** Zoomed pages round positions. */
const ROUNDING_PX = 1;

const KEYS_UP = new Set(["ArrowUp", "PageUp", "Home"]);

/** @typedef {{ scrollTop: number, scrollHeight: number, clientHeight: number }} Extent */

/** @param {Extent} extent */
export function isAtBottom({ scrollTop, scrollHeight, clientHeight }) {
  return scrollHeight - clientHeight - scrollTop <= BOTTOM_TOLERANCE_PX;
}

/**
 * @param {boolean} isFollowing
 * @param {Extent} extent
 * @param {Extent} previous
 * @returns {boolean}
 */
export function isFollowingAfterScroll(isFollowing, extent, previous) {
  const moved = extent.scrollTop - previous.scrollTop;
  const shrunk = Math.max(0, previous.scrollHeight - extent.scrollHeight);
  const grown = Math.max(0, extent.clientHeight - previous.clientHeight);
  if (moved < -ROUNDING_PX) return isFollowing && moved >= -(shrunk + grown) - ROUNDING_PX;
  return isFollowing || (moved > 0 && isAtBottom(extent));
}

/**
 * Whether an event says that somebody wants to see what is above, before anything has moved.
 * A finger has a `deltaY` like a wheel: moving down shows what is above. One that goes on pushing up at the end stays there.
 * @param {{ type: string, deltaY?: number, key?: string, shiftKey?: boolean, ctrlKey?: boolean }} event
 */
export function isTurningBack({ type, deltaY = 0, key = "", shiftKey = false, ctrlKey = false }) {
  if (type === "wheel") return deltaY < 0 && !ctrlKey;
  if (type === "touchmove") return deltaY < 0;
  return KEYS_UP.has(key) || (key === " " && shiftKey);
}
