import assert from "node:assert/strict";
import { test } from "node:test";
import { BlockSplitter } from "../src/markdown/blocks.js";
import { SourceWriter, blocksOf } from "../src/markdown/markdown_source.js";
import { closeOpenMarkers } from "../src/markdown/open_markers.js";

/** @param {string} markdown  all that has come so far */
function shown(markdown) {
  const { settled, open } = new BlockSplitter(blocksOf, closeOpenMarkers).split(markdown);
  const writer = new SourceWriter();
  return [...settled, ...open].map((block) => writer.write(block, false, false)).map(({ shell, parts }) => shell + parts.join("")).join("").trim();
}

for (const [markdown, html] of [
  ["a **bold", "<p>a <strong>bold</strong></p>"],
  ["a **bold*", "<p>a <strong>bold</strong></p>"],
  ["an *italic word", "<p>an <em>italic word</em></p>"],
  ["a `piece of code", "<p>a <code>piece of code</code></p>"],
  ["~~gone", "<p><del>gone</del></p>"],
  ["see [the page](https://exam", "<p>see the page</p>"],
  ["see [the pa", "<p>see the pa</p>"],
  ["a title?\n-", "<p>a title?\n-\u200b</p>"],
  ["- one **two", "<ul></ul><li>one <strong>two</strong></li>"],
  ["nothing yet **", "<p>nothing yet</p>"],
  ["- one\n*", "<ul></ul><li>one</li>"],
  ["2 * 3 and snake_case", "<p>2 * 3 and snake_case</p>"],
  ["costs $5 and", "<p>costs $5 and</p>"],
  ["a <script", "<p>a &lt;script</p>"],
]) {
  test(`shown as meant while it comes in: ${JSON.stringify(markdown)}`, () => assert.equal(shown(markdown), html));
}

test("code that comes in is left alone", () => {
  const code = "```js\nconst a = `x${1 ** 2}`; // **not bold\n";
  assert.equal(closeOpenMarkers(code), code);
});

test("no marker of emphasis is ever seen, wherever the text ends", () => {
  const text = "One **two three** and *four five*, then `six` and ~~seven~~ end.";
  for (let end = 1; end <= text.length; end++) {
    const words = shown(text.slice(0, end)).replace(/<[^>]+>/g, "");
    assert.doesNotMatch(words, /[*~`]/, `after ${end}: ${words}`);
  }
});
