import assert from "node:assert/strict";
import { test } from "node:test";
import { marked } from "marked";
import { Bounds } from "../src/markdown/bounds.js";
import { MAX_HIGHLIGHTED_CHARS, highlightingOf } from "../src/markdown/languages.js";
import { hiddenTarget } from "../src/markdown/links.js";
import { SourceWriter, blocksOf } from "../src/markdown/markdown_source.js";
import { blockMathAt, blockMathStart, inlineMathAt, inlineMathStart, isLikelyTex } from "../src/markdown/math.js";

const bounded = (/** @type {string} */ text) => new Bounds().apply(text);

test("formulas on lines of their own end at their mark, and never run over a blank line", () => {
  assert.equal(blockMathAt("$$\na\n= b\n$$\nmore")?.tex, "a\n= b");
  assert.equal(blockMathAt("\\[ a \\]")?.tex, "a");
  assert.equal(blockMathAt("$$ a $$ and more"), null);
  assert.equal(blockMathAt("$$\na\n\nb\n$$"), null);
  assert.equal(blockMathAt("$$\na\n- b")?.isOpen, true);
  assert.equal(blockMathAt(`$$\n${"a".repeat(5_000)}\n$$`), null);
});

test("formulas within a line, and dollars that are none", () => {
  for (const formula of ["$x$", "$a_1 + b^2$", "$\\frac{a}{b}$", "\\(a b c\\)", "$5$", "$f(x)$", "$n-1$"]) {
    assert.equal(inlineMathAt(`${formula} is`)?.raw, formula, formula);
  }
  assert.equal(inlineMathAt("$$x^2$$ is")?.isDisplay, true);
  for (const text of ["$5 and $10", "$5-$10", "$HOME/$USER", "$ x $", "$100 less 20 is 80$ more", "$5 million + a few dollars, or 5$", "$$", "$x"]) {
    assert.equal(inlineMathAt(text), null, text);
  }
  assert.equal(isLikelyTex("price"), false);
});

test("a formula is looked for up to the next mark only, and a paragraph ends only where there is one", () => {
  assert.equal(inlineMathStart("costs US$5, or $x$"), 15);
  assert.equal(inlineMathStart("a [b] $x$"), 2);
  assert.equal(inlineMathStart("[".repeat(100)), -1);
  assert.equal(blockMathStart("a\n$$b$$ c\n$$d$$\n"), 9);
  assert.equal(blockMathStart("a\n\n$$b$$\n"), -1);
});

test("marks, notes and formulas are found after every other mark", () => {
  const html = blocksOf("a[^1]b [c](https://d.example)[^1] !<sub>e</sub>*f*<sup>g</sup> \\(h\\) `i`$j$ snake_case$k_1$ l ~m~ $n$\n\n[^1]: o\n");
  const text = html.map((block) => new SourceWriter().write(block, true, true).parts.join("")).join("");
  assert.equal(text.split("<sup>[1]</sup>").length, 4);
  for (const part of ["<sub>e</sub>", "<sup>g</sup>", ">h</code>", ">j</code>", "snake_case$k_1$", "<del>m</del>", ">n</code>"]) assert.ok(text.includes(part), part);
});

test("hostile Markdown takes time in proportion to its length, and loses no letter", () => {
  const pieces = ["[\n", "![\n", "[x](\n", "<a\n", "$$\n", "a$["];
  const cost = (/** @type {number} */ length) => {
    const before = process.cpuUsage().user;
    for (const piece of pieces) {
      const text = piece.repeat(length / piece.length);
      assert.equal(blocksOf(text).map(({ raw }) => raw).join(""), text);
    }
    return process.cpuUsage().user - before;
  };
  cost(3_000); // compiled by now

  const [small, large] = [cost(3_000), cost(30_000)];

  assert.ok(large < 25 * small, `${large} µs, of a tenth ${small} µs`); // the square would be 100 times
});

test("a link's host is named unless its text says it", () => {
  for (const [text, href, expected] of [
    ["here", "https://example.com/a", "example.com"],
    ["https://example.com/a", "https://example.com/a", ""],
    ["example.com", "https://www.example.com/", ""],
    ["Example.com/docs", "https://example.com/docs", ""],
    ["https://example.com", "https://example.com.evil.example/", "example.com.evil.example"],
    ["https://bank.example@evil.example", "https://bank.example@evil.example/", "evil.example"],
    ["\u202ehttps://example.com", "https://example.com/", "example.com"],
    ["https://exаmple.com", "https://xn--exmple-4nf.com/", "xn--exmple-4nf.com"],
    ["evil.example:80", "https://evil.example:8080/", "evil.example:8080"],
    ["me@example.com", "mailto:me@example.com", ""],
    ["write to me", "mailto:me@example.com?subject=x", "me@example.com"],
    ["x", "no address", ""],
  ]) {
    assert.equal(hiddenTarget(text, href), expected, text);
  }
});

test("languages are known by their usual names, and much code is left as it is", () => {
  assert.equal(highlightingOf("TSX", "x"), "typescript");
  assert.equal(highlightingOf("brainfuck", "x"), null);
  assert.equal(highlightingOf("constructor", "x"), null);
  assert.equal(highlightingOf("js", "x".repeat(MAX_HIGHLIGHTED_CHARS + 1)), null);
});

test("ordinary text is within bounds", () => {
  const text = "# T\r\n\r\n- a\n  - b\n\n> q\n\n```py\n" + "x".repeat(9_000) + "\n```\n\n- - -\n";
  assert.equal(bounded(text), text.replaceAll("\r\n", "\n"));
  assert.equal(bounded("- ".repeat(80).trim()), "- ".repeat(80).trim());
});

test("line ends of every kind count alike, and half of a pair waits for the other half", () => {
  assert.equal(bounded("a\r\nb\rc\n"), "a\nb\nc\n");
  assert.equal(bounded("a\r"), "a");
  const bounds = new Bounds();
  assert.deepEqual(["a\r", "a\r\n", "a\r\nb\rc", "a\r\nb\rc\r"].map((text) => bounds.apply(text)), ["a", "a\n", "a\nb\nc", "a\nb\nc"]);
});

test("nesting, indentation and lines that nobody could read are cut", () => {
  for (const mark of [">", "- ", "1. "]) {
    const html = marked.parse(bounded(mark.repeat(10_000) + "x"), { async: false });
    assert.ok(html.split("<blockquote>").length + html.split("<li>").length < 200, mark);
  }
  assert.equal(bounded(" ".repeat(1_000) + "- a"), " ".repeat(48) + "- a");
  const pieces = bounded("word ".repeat(20_000)).split("\n\n");
  assert.ok(pieces.length > 20 && pieces.every((piece) => piece.length <= 4_000));
  assert.ok(bounded("x".repeat(1_000_000)).split("\n\n").every((piece) => piece.length <= 4_000));
});

test("what has been bounded stays, however the text arrives", () => {
  const text = "> a\n\n```\n```\n" + "word ".repeat(2_000) + "\n\n~~~js\n" + "y".repeat(5_000) + "\n~~~\nend";
  const bounds = new Bounds();
  for (let end = 1; end <= text.length; end += 97) assert.equal(bounds.apply(text.slice(0, end)), bounded(text.slice(0, end)));
  assert.equal(bounds.apply(text), bounded(text));
});
