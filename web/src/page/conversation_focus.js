/** Where the focus goes when what has it goes away. */

/**
 * Gives the focus to the conversation around an element that is about to go, so that keys go on scrolling it.
 * @param {EventTarget | null} element
 */
export function focusConversation(element) {
  const log = /** @type {Element} */ (element).closest('[role="log"]');
  /** @type {HTMLElement | null} */ (log)?.focus({ preventScroll: true });
}
