/**
 * The keyboard shortcuts: what the page acts on and what its help shows are read from one table.
 *
 * 1. Nothing is taken from a key that is part of a composition, is held down, or comes with Alt (AltGr on many desks).
 * 2. Keys that write something are shortcuts only where nobody writes, and can be switched off (WCAG 2.1.4).
 */

/**
 * @typedef {object} Combination
 * @property {string} key  as in KeyboardEvent.key; letters in lower case
 * @property {boolean} [mod]  with Ctrl, on a Mac with Cmd
 * @property {boolean} [shift]
 * @property {boolean} [whileTyping]  also where somebody writes
 */

/** @typedef {"send" | "newLine" | "stop" | "newChat" | "focusMessage" | "latest" | "help"} ShortcutId */

/**
 * @typedef {object} Shortcut
 * @property {ShortcutId} id
 * @property {readonly Combination[]} combinations
 * @property {boolean} [isOfTextbox]  the message box itself acts on it
 */

/** The parts of a KeyboardEvent that count.
 * @typedef {Pick<KeyboardEvent, "key" | "code" | "keyCode" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey" | "repeat" | "isComposing">} Press */

/** @type {readonly Shortcut[]} */
export const SHORTCUTS = Object.freeze([
  { id: "send", combinations: [{ key: "Enter" }], isOfTextbox: true },
  { id: "newLine", combinations: [{ key: "Enter", shift: true }], isOfTextbox: true },
  { id: "stop", combinations: [{ key: "Escape", whileTyping: true }] },
  { id: "newChat", combinations: [{ key: "o", mod: true, shift: true, whileTyping: true }] },
  { id: "focusMessage", combinations: [{ key: "/" }] },
  { id: "latest", combinations: [{ key: "End" }] },
  { id: "help", combinations: [{ key: "?" }, { key: "/", mod: true, whileTyping: true }] },
]);

/** Keyboards that compose characters report this for keys that belong to the composition. */
const KEY_CODE_COMPOSING = 229;

/**
 * @param {Press} press
 * @param {{ isMac: boolean, isTyping: boolean, takesSingleKeys: boolean }} circumstances
 * @returns {ShortcutId | null}
 */
export function shortcutOf(press, { isMac, isTyping, takesSingleKeys }) {
  if (press.isComposing || press.keyCode === KEY_CODE_COMPOSING || press.repeat || press.altKey) return null;
  /** @param {Combination} combination */
  const fits = (combination) =>
    isPressed(combination, press, isMac) &&
    (!isTyping || combination.whileTyping === true) &&
    (takesSingleKeys || !isSingleKey(combination));
  return SHORTCUTS.find(({ isOfTextbox, combinations }) => !isOfTextbox && combinations.some(fits))?.id ?? null;
}

/**
 * @param {Combination} combination
 * @param {boolean} isMac
 * @returns {string[]} what is written on the keys
 */
export function keyNames({ key, mod, shift }, isMac) {
  const name = key === "Escape" ? "Esc" : key.length === 1 ? key.toUpperCase() : key;
  return [...(mod ? [isMac ? "⌘" : "Ctrl"] : []), ...(shift ? ["Shift"] : []), name];
}

/** @param {Combination} combination */
export function isSingleKey({ key, mod }) {
  return key.length === 1 && !mod;
}

/**
 * @param {Combination} combination
 * @param {Press} press
 * @param {boolean} isMac
 */
function isPressed({ key, mod = false, shift = false }, press, isMac) {
  const [wanted, other] = isMac ? [press.metaKey, press.ctrlKey] : [press.ctrlKey, press.metaKey];
  if (wanted !== mod || other) return false;
  if (isLetter(key)) return press.shiftKey === shift && letterOf(press) === key;
  // where "/" and "?" are, and whether they need Shift, differs between keyboards
  return press.key === key && (key.length === 1 || press.shiftKey === shift);
}

/**
 * Keyboards of other scripts have the letter by its place.
 * @param {Press} press
 */
function letterOf({ key, code }) {
  const isLatin = /^[a-z]$/i.test(key);
  return isLatin ? key.toLowerCase() : /^Key[A-Z]$/.test(code) ? code.slice(3).toLowerCase() : key;
}

/** @param {string} key */
function isLetter(key) {
  return /^[a-z]$/.test(key);
}
