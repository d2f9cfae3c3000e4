/** Whether the page stands inside one of another origin. Its own header could forbid that, a meta element cannot. */

/**
 * @param {Window} window
 * @returns {boolean}
 */
export function isFramedByOthers(window) {
  for (let frame = window; frame !== frame.parent; frame = frame.parent) {
    if (!isOfSameOrigin(frame.parent, window)) return true;
  }
  return false;
}

/**
 * @param {Window} other
 * @param {Window} own
 */
function isOfSameOrigin(other, own) {
  try {
    return other.location.origin === own.location.origin;
  } catch {
    return false; // one must not even look
  }
}
