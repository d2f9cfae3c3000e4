/** Acts on the keyboard shortcuts, wherever on the page the focus is. */

import { useEffect, useRef } from "preact/hooks";
import { shortcutOf } from "../core/shortcuts.js";
import { takesSingleKeys } from "../edge/shortcut_setting.js";

/** @typedef {Partial<Record<import("../core/shortcuts.js").ShortcutId, () => void>>} Actions */

/** What Escape closes before it stops anything. */
const OPEN_ABOVE_PAGE = '[role="tooltip"]:not([hidden]), [data-popup]:not([hidden])';
const TEXT_FIELDS = "textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=button])";

/** @param {Actions} actions */
export function useShortcuts(actions) {
  const current = useRef(actions);
  current.current = actions;

  useEffect(() => {
    /** @param {KeyboardEvent} event */
    const onKeyDown = (event) => {
      if (document.querySelector("dialog:modal")) return;
      const field = /** @type {Element} */ (event.target).closest(TEXT_FIELDS);
      const circumstances = { isMac: isMac(), isTyping: field !== null, takesSingleKeys: takesSingleKeys() };
      const id = shortcutOf(event, circumstances);
      const act = id && current.current[id];
      if (!act || (id === "stop" && isForSomethingElse(field))) return;
      // Escape still does what it does elsewhere
      if (id !== "stop") event.preventDefault();
      act();
    };
    // before anybody closes anything, so that what is open can be seen
    window.addEventListener("keydown", onKeyDown, { capture: true });
    return () => window.removeEventListener("keydown", onKeyDown, { capture: true });
  }, []);
}

export function isMac() {
  return /^(Mac|iP)/.test(navigator.platform);
}

/**
 * Whether Escape does something on the page: stops an answer, or closes what is open.
 * @param {KeyboardEvent} event
 */
export function isEscapeTaken({ isComposing, target }) {
  const field = /** @type {Element} */ (target).closest(TEXT_FIELDS);
  return isComposing || document.querySelector("dialog:modal, .stop") !== null || isForSomethingElse(field);
}

/** @param {Element | null} field  where the visitor writes */
function isForSomethingElse(field) {
  return document.querySelector(OPEN_ABOVE_PAGE) !== null || (field !== null && field.id !== "message");
}
