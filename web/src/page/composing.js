/** Keys that belong to a composition of characters, and are neither Enter nor Escape to the page. */

/** Safari ends the composition before it tells of the key that ended it, which then has this code. */
const KEY_CODE_COMPOSING = 229;

/** @param {KeyboardEvent} event */
export function isComposing(event) {
  return event.isComposing || event.keyCode === KEY_CODE_COMPOSING;
}
