import assert from "node:assert/strict";
import { test } from "node:test";
import { BlockSplitter } from "../src/markdown/blocks.js";
import { SourceWriter, blocksOf } from "../src/markdown/markdown_source.js";
import { closeOpenMarkers } from "../src/markdown/open_markers.js";

/** @param {string} markdown */
function drawn(markdown, isOver = true) {
  const { settled, open } = new BlockSplitter(blocksOf, isOver ? undefined : closeOpenMarkers).split(markdown);
  const writer = new SourceWriter();
  return [...settled, ...open].map((block) => writer.write(block, isOver, false)).map(({ shell, parts }) => (shell + parts.join("")).trim()).join("");
}

for (const [markdown, html] of [
  ["one<br>two<BR/>three<br />four", "<p>one<br>two<br>three<br>four</p>"],
  ["<br>", "<p><br></p>"],
  ["H<sub>2</sub>O and 10<SUP>*n*</SUP>", "<p>H<sub>2</sub>O and 10<sup><em>n</em></sup></p>"],
  ["<sub>1<sup>2</sup></sub>", "<p><sub>1<sup>2</sup></sub></p>"],
  ["`<br>` and `<sub>x</sub>`", "<p><code>&lt;br&gt;</code> and <code>&lt;sub&gt;x&lt;/sub&gt;</code></p>"],
  ["<sub>open", "<p>&#60;sub&#62;open</p>"],
  ["<sub class=a>x</sub>", "<p>&#60;sub class=a&#62;x&#60;/sub&#62;</p>"],
  ["<br class=a>", "<p>&#60;br class=a&#62;</p>"],
  ["said.[^1][^2]", "<p>said.<sup>[1]</sup><sup>[2]</sup></p>"],
  ["the class [^abc] and [^a-z]", "<p>the class [^abc] and [^a-z]</p>"],
  ["a link [^1](https://example.com)", '<p>a link <a href="https://example.com">^1</a></p>'],
  ["said[^why]\n\n[^why]: because\n  of it", "<p>said<sup>[why]</sup></p><p><small><sup>[why]</sup> because\n  of it</small></p>"],
  ["Text\n[^1]: one\n[^2]: *two*", "<p>Text</p><p><small><sup>[1]</sup> one</small></p><p><small><sup>[2]</sup> <em>two</em></small></p>"],
  ["- [x] done\n- [ ] open\n- plain", '<ul></ul><li data-task="done">done</li><li data-task="open">open</li><li>plain</li>'],
]) {
  test(`drawn: ${JSON.stringify(markdown)}`, () => assert.equal(drawn(markdown), html));
}

for (const [markdown, html] of [
  ["one<b", "<p>one</p>"],
  ["one<br>", "<p>one<br></p>"],
  ["H<", "<p>H</p>"],
  ["H<su", "<p>H</p>"],
  ["H<sub>2", "<p>H<sub>2</sub></p>"],
  ["H<sub>2</s", "<p>H<sub>2</sub></p>"],
  ["a < b", "<p>a &lt; b</p>"],
]) {
  test(`drawn while it comes in: ${JSON.stringify(markdown)}`, () => assert.equal(drawn(markdown, false), html));
}
