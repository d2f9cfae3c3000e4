/** Copying, also where the browser gives no access to the clipboard, and saying how it went. */

import { words } from "../words/words.js";
import { announce } from "./announcements.js";

const FEEDBACK_MS = 2_000;

/**
 * @param {HTMLButtonElement} button  shows for a moment how it went
 * @param {string} text
 */
export async function copyFrom(button, text) {
  const isCopied = (await copyByPermission(text)) || copyBySelection(text);
  const label = button.dataset.label ?? button.textContent ?? "";
  button.dataset.label = label;
  button.textContent = isCopied ? words.COPIED : words.NOT_COPIED;
  announce(button, isCopied ? words.IS_COPIED : words.COPY_REFUSED);
  setTimeout(() => (button.textContent = label), FEEDBACK_MS);
}

/** @param {string} text */
function copyByPermission(text) {
  // there is no clipboard on pages without https
  const clipboard = /** @type {Clipboard | undefined} */ (navigator.clipboard);
  return clipboard?.writeText(text).then(() => true, () => false) ?? false;
}

/**
 * The older way: what is selected is copied. The selection and the focus are given back.
 * @param {string} text
 */
function copyBySelection(text) {
  const focused = document.activeElement;
  const ranges = selectedRanges();
  const box = document.createElement("textarea");
  box.value = text;
  box.readOnly = true;
  box.className = "unseen";
  document.body.append(box);
  box.select();
  const isCopied = document.execCommand("copy");
  box.remove();
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  const selection = getSelection();
  selection?.removeAllRanges();
  for (const range of ranges) selection?.addRange(range);
  return isCopied;
}

function selectedRanges() {
  const selection = getSelection();
  return Array.from({ length: selection?.rangeCount ?? 0 }, (_, index) => /** @type {Selection} */ (selection).getRangeAt(index));
}
