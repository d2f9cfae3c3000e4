import assert from "node:assert/strict";
import { test } from "node:test";
import { SHORTCUTS, keyNames, shortcutOf } from "../src/core/shortcuts.js";

/** @typedef {import("../src/core/shortcuts.js").Press} Press */

const NOWHERE = { isMac: false, isTyping: false, takesSingleKeys: true };
const TYPING = { ...NOWHERE, isTyping: true };

/** @param {string} key @param {Partial<Press>} [more] @returns {Press} */
function press(key, more) {
  const none = { code: "", keyCode: 0, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
  return { ...none, repeat: false, isComposing: false, key, ...more };
}

test("keys that write something are shortcuts where nobody writes, and only there", () => {
  assert.equal(shortcutOf(press("/"), NOWHERE), "focusMessage");
  assert.equal(shortcutOf(press("?", { shiftKey: true }), NOWHERE), "help");
  assert.equal(shortcutOf(press("End"), NOWHERE), "latest");
  for (const key of ["/", "?", "End"]) assert.equal(shortcutOf(press(key), TYPING), null);
});

test("single keys can be switched off, and all others stay", () => {
  const without = { ...NOWHERE, takesSingleKeys: false };

  assert.equal(shortcutOf(press("/"), without), null);
  assert.equal(shortcutOf(press("?"), without), null);
  assert.equal(shortcutOf(press("End"), without), "latest");
  assert.equal(shortcutOf(press("/", { ctrlKey: true }), without), "help");
});

test("combinations with Ctrl, on a Mac with Cmd, and Escape work while typing", () => {
  const mac = { ...TYPING, isMac: true };

  assert.equal(shortcutOf(press("O", { ctrlKey: true, shiftKey: true }), TYPING), "newChat");
  assert.equal(shortcutOf(press("o", { metaKey: true, shiftKey: true }), mac), "newChat");
  assert.equal(shortcutOf(press("O", { ctrlKey: true, shiftKey: true }), mac), null);
  assert.equal(shortcutOf(press("o", { ctrlKey: true }), TYPING), null);
  assert.equal(shortcutOf(press("/", { ctrlKey: true }), TYPING), "help");
  assert.equal(shortcutOf(press("/", { ctrlKey: true, shiftKey: true }), TYPING), "help", "as on a German keyboard");
  assert.equal(shortcutOf(press("Escape"), TYPING), "stop");
});

test("a letter is found by what it writes, and in other scripts by its place", () => {
  const held = { ctrlKey: true, shiftKey: true };

  assert.equal(shortcutOf(press("Щ", { ...held, code: "KeyO" }), TYPING), "newChat");
  assert.equal(shortcutOf(press("R", { ...held, code: "KeyO" }), TYPING), null, "reloads the page on a Dvorak keyboard");
});

test("a key that composes a character, is held down or comes with Alt is nobody's shortcut", () => {
  for (const more of [{ isComposing: true }, { keyCode: 229 }, { repeat: true }, { altKey: true }]) {
    assert.equal(shortcutOf(press("Escape", more), TYPING), null);
    assert.equal(shortcutOf(press("/", more), NOWHERE), null);
  }
});

test("what the message box does itself is listed and left to it", () => {
  assert.equal(shortcutOf(press("Enter"), NOWHERE), null);
  assert.ok(SHORTCUTS.some(({ id }) => id === "send"));
});

test("no two shortcuts share a combination", () => {
  const all = SHORTCUTS.flatMap(({ combinations }) => combinations.map((keys) => keyNames(keys, false).join("+")));

  assert.deepEqual(all, [...new Set(all)]);
});

test("keys are named as they are labelled", () => {
  assert.deepEqual(keyNames({ key: "o", mod: true, shift: true }, false), ["Ctrl", "Shift", "O"]);
  assert.deepEqual(keyNames({ key: "/", mod: true }, true), ["⌘", "/"]);
  assert.deepEqual(keyNames({ key: "Escape" }, true), ["Esc"]);
});
