import assert from "node:assert/strict";
import { test } from "node:test";
import { marked } from "marked";
import { BlockSplitter, headingLevel, withUnixLines } from "../src/markdown/blocks.js";

const SAMPLE = `Intro with *emphasis*.

# Title

- one
- two

  still two

- three

1. a
2. b

| a | b |
|---|---|
| 1 | 2 |

> quoted
lazy

\`\`\`js
const x = 1;

const y = 2;
\`\`\`

Setext
======

<b>raw</b>

The end.`;

/** @param {string} markdown */
const rawBlocks = (markdown) => marked.lexer(markdown).map(({ raw }) => raw);

test("settled blocks are the beginning of the text and the open ones the rest, however it arrives", () => {
  for (const step of [1, 3, 7, 50]) {
    const splitter = new BlockSplitter(marked.lexer);
    let settledText = "";
    for (let end = step; end < SAMPLE.length + step; end += step) {
      const { settled, open } = splitter.split(SAMPLE.slice(0, end));
      settledText += settled.map(({ raw }) => raw).join("");

      assert.ok(SAMPLE.startsWith(settledText));
      assert.deepEqual(open.map(({ raw }) => raw), rawBlocks(SAMPLE.slice(settledText.length, end)));
    }
    assert.ok(settledText.length > SAMPLE.length / 2);
  }
});

test("a settled block is one of the whole text: nothing that comes later changes it", () => {
  const expected = rawBlocks(SAMPLE);
  const splitter = new BlockSplitter(marked.lexer);
  const settledBlocks = /** @type {string[]} */ ([]);
  for (let end = 1; end <= SAMPLE.length; end++) {
    settledBlocks.push(...splitter.split(SAMPLE.slice(0, end)).settled.map(({ raw }) => raw));
  }

  assert.deepEqual(settledBlocks.map((raw) => raw.trim()), expected.slice(0, settledBlocks.length).map((raw) => raw.trim()));
  assert.ok(settledBlocks.length > 10);
});

test("line ends of every kind count alike, and half of a pair waits for the other half", () => {
  assert.equal(withUnixLines("a\r\nb\rc\n"), "a\nb\nc\n");
  assert.equal(withUnixLines("a\r"), "a");
});

test("headings stand below the answer's own and skip no level", () => {
  assert.equal(headingLevel(1, 2), 3);
  assert.equal(headingLevel(3, 2), 3);
  assert.equal(headingLevel(2, 3), 4);
  assert.equal(headingLevel(1, 5), 3);
  assert.equal(headingLevel(6, 6), 6);
});
