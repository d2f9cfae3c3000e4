import assert from "node:assert/strict";
import { test } from "node:test";
import { marked } from "marked";
import { BlockSplitter, headingLevel } from "../src/markdown/blocks.js";

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

/** Long ones of each kind, with what is awkward in them. */
const LONG = /** @type {Record<string, string>} */ ({
  list: Array.from({ length: 200 }, (_, n) => `- item ${n}\n  - nested *${n}*\n`).join(""),
  "numbered list": Array.from({ length: 200 }, (_, n) => `${n + 1}. item\n\n     more of ${n}\n`).join("\n"),
  "list that is spaced out late": `${"- item\n".repeat(200)}\n- [x] last`,
  "list of tasks": `${"- [ ] to do\n- [x] done\n".repeat(100)}`,
  table: `| a | b |\n|---|--:|\n${"| x | \\| `y` |\n".repeat(300)}`,
});

for (const [name, body] of Object.entries(LONG)) {
  test(`of a long ${name} only the end is read again, and it is what the whole would be`, () => {
    const text = `Before it:\n\n${body}\nThe end.`;
    let charactersRead = 0;
    const lex = (/** @type {string} */ markdown) => {
      charactersRead += markdown.length;
      return marked.lexer(markdown);
    };
    const splitter = new BlockSplitter(lex);
    const shown = /** @type {string[]} */ ([]);
    for (let end = 20; end < text.length + 20; end += 20) {
      const { settled, open } = splitter.split(text.slice(0, end));
      shown.push(...settled.map((block) => marked.parser([block])));
      if (end % 400 !== 0) continue;
      const whole = marked.parser(marked.lexer(text.slice(0, end)));
      assert.equal([...shown, ...open.map((block) => marked.parser([block]))].join(""), whole, `after ${end}`);
    }
    const ofWhole = text.length ** 2 / 2 / 20;
    assert.ok(charactersRead < ofWhole / 10, `${charactersRead} characters read instead of ${ofWhole}`);
  });
}

test("headings stand below the answer's own and skip no level", () => {
  assert.equal(headingLevel(1, 2), 3);
  assert.equal(headingLevel(3, 2), 3);
  assert.equal(headingLevel(2, 3), 4);
  assert.equal(headingLevel(1, 5), 3);
  assert.equal(headingLevel(6, 6), 6);
});
