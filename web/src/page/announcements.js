/** Lets any element of the page say something to those who hear the page. */

import { useEffect } from "preact/hooks";

const EVENT = "nexus:announce";

/**
 * @param {Element} element
 * @param {string} words
 */
export function announce(element, words) {
  element.dispatchEvent(new CustomEvent(EVENT, { bubbles: true, detail: words }));
}

/** @param {(words: string) => void} say */
export function useAnnouncements(say) {
  useEffect(() => {
    const onEvent = (/** @type {Event} */ event) => say(/** @type {CustomEvent} */ (event).detail);
    document.addEventListener(EVENT, onEvent);
    return () => document.removeEventListener(EVENT, onEvent);
  }, []);
}
