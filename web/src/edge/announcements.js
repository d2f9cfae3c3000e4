/** Lets any element of the page say something to those who hear the page. */

const EVENT = "nexus:announce";

/**
 * @param {Element} element
 * @param {string} words
 */
export function announce(element, words) {
  element.dispatchEvent(new CustomEvent(EVENT, { bubbles: true, detail: words }));
}

/**
 * @param {(words: string) => void} listener
 * @returns {() => void} ends it
 */
export function onAnnouncement(listener) {
  const onEvent = (/** @type {Event} */ event) => listener(/** @type {CustomEvent} */ (event).detail);
  document.addEventListener(EVENT, onEvent);
  return () => document.removeEventListener(EVENT, onEvent);
}
