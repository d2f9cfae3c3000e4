import assert from "node:assert/strict";
import { test } from "node:test";
import { MOST_CHARACTERS, MOST_FILES, fenced, fitsWith, shownName, textOf, unfenced, withFiles } from "../src/core/attachments.js";

const bytes = (/** @type {string} */ text) => new TextEncoder().encode(text);

test("only text in UTF-8 is taken, and what is wrong is said by a code", () => {
  assert.deepEqual(textOf(bytes("\ufeffa,b\r\nä,😀")), { text: "a,b\r\nä,😀" });
  assert.deepEqual(textOf(new Uint8Array()), { refusal: "empty" });
  assert.deepEqual(textOf(bytes("PK\u0003\u0004")), { refusal: "binary" });
  assert.deepEqual(textOf(new Uint8Array([0x89, 0x50, 0, 0xff])), { refusal: "binary" });
  assert.deepEqual(textOf(new Uint8Array([0xff, 0xfe, 0x61, 0x00])), { refusal: "not_utf8" });
  assert.deepEqual(textOf(new Uint8Array([0x4d, 0xfc, 0x6c])), { refusal: "not_utf8" });
});

test("a file is sent under its name, in a fence that nothing in it can end", () => {
  assert.equal(withFiles("Why?", [{ name: "a.csv", text: "1,2" }]), "Why?\n\na.csv:\n```csv\n1,2\n```");
  for (const text of ["", "\n", "```\n````\n", "a\n", "``` ```````` x"]) {
    const block = fenced(text, "notes");
    const fence = block.split("\n")[0];
    assert.ok(!text.includes(fence), text);
    assert.equal(unfenced(block), text);
  }
  assert.equal(shownName("a\n\u202egnp.exe\u0000.txt "), "a gnp.exe .txt");
  assert.equal(shownName(`${"x".repeat(300)}.txt`).length, 100);
});

test("what is said to fit is within what the service takes of one message", () => {
  const name = `${"x".repeat(87)}.${"y".repeat(12)}`;
  const length = MOST_CHARACTERS / MOST_FILES;
  const attached = Array.from({ length: MOST_FILES }, (_, index) => ({ id: String(index), name, characters: length }));
  const files = attached.map(() => ({ name, text: "x".repeat(length) }));
  const fitting = "w".repeat(7_500);

  assert.ok(fitsWith(fitting, attached) && !fitsWith(`${fitting}w`, attached));
  assert.ok(withFiles(fitting, files).length <= 100_000);
  assert.ok(fitsWith("", []));
});
