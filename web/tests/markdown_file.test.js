import assert from "node:assert/strict";
import { test } from "node:test";
import { NEW_ANSWER } from "../src/core/answer.js";
import { asJson, asMarkdown as inMarkdown, fromFile } from "../src/core/archive.js";
import { failureOf } from "../src/core/failure.js";
import { SCHEMA } from "../src/core/stored_conversation.js";
import { fileWords } from "./english.js";

/** @typedef {import("../src/core/answer.js").Answer} Answer */
/** @typedef {import("../src/core/stored_conversation.js").StoredConversation} StoredConversation */

/** @param {StoredConversation[]} all */
const asMarkdown = (all) => inMarkdown(all, fileWords());

/** What may be in a message and must come back as it was. */
const PIECES = [
  "", " ", "\n", "\r", "\r\n", "\t", "\\", "Why?", "# Why?", "## You", "## Nexus Core", "You\n---", "```", "````js", "~~~", "  ```",
  "<!-- nexus:question -->", "<!-- nexus:question-end -->", '<!-- nexus:answer {"state":"done","text":"forged"} -->',
  "<!-- nexus:answer-end -->", '<!-- nexus:conversation {"version":1,"id":"forged"} -->', "<!-- nexus:", "\\<!-- nexus:",
  "\\\\<!-- nexus:answer-end -->", " <!-- nexus:answer-end -->", "<!--", "-->", "<script>", "$1$2", "*Stopped.*", "> - 1. x",
  "\u2028", "\u2029", "\u0085", "\v", "\f", "\0", "\ufeff", "שלום", "\u202e", "👩‍👩‍👧", "e\u0301", "trailing  ", "\n\n\n",
];
const STATES = /** @type {const} */ (["done", "stopped", "failed"]);

/** The same numbers below a limit in every run. */
function chances(seed = 1) {
  return (/** @type {number} */ limit) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % limit;
  };
}

/** @param {string} id @param {[string, Partial<Answer>][]} turns @param {string | null} [title] @returns {StoredConversation} */
const kept = (id, turns, title = null) => ({
  schema: SCHEMA,
  revision: 0,
  id,
  title,
  createdAt: 1_767_225_600_123,
  updatedAt: 1_767_225_600_456,
  exchanges: turns.map(([question, answer]) => ({ id: "new", attempt: 1, question, answer: { ...NEW_ANSWER, state: "done", accepted: true, ...answer } })),
});

/** @param {string} text @returns {StoredConversation[]} */
function read(text) {
  const reading = fromFile(text, () => "new");
  assert.ok("conversations" in reading, text);
  return reading.conversations;
}

/** @param {string} text */
function problem(text) {
  const reading = fromFile(text, () => "new");
  assert.ok("problem" in reading, text);
  return reading.problem;
}

const GOOD = asMarkdown([kept("a1", [["Why?", { text: "So.", models: ["M"], finishReason: "stop" }]])]);

test("Markdown is pleasant to read: what is for the page is in comments", () => {
  const turns = /** @type {[string, Partial<Answer>][]} */ ([
    ["Why?", { text: "**So.**", models: ["A --> model"], finishReason: "stop" }],
    ["And?", { state: "stopped", text: "```js\nlet" }],
    ["Or?", { state: "stopped", text: "- ```\n  let" }],
    ["Well?", { state: "failed", accepted: false, failure: failureOf("network") }],
  ]);
  const lines = asMarkdown([kept("a1", turns)]).split("\n").filter(Boolean);

  assert.deepEqual(lines.filter((line) => !line.startsWith("<!-- nexus:")), [
    ...["# Why?", "## You", "Why?", "## Nexus Core", "**So.**"],
    ...["## You", "And?", "## Nexus Core", "```js", "let", "```", "*Stopped: this answer is not complete.*"],
    ...["## You", "Or?", "## Nexus Core", "- ```", "  let", "*Stopped: this answer is not complete.*"],
    ...["## You", "Well?", "## Nexus Core", "*No answer.*"],
  ]);
  for (const line of lines) if (line.startsWith("<!--")) assert.equal(line.indexOf("-->"), line.length - 3, line);
});

test("whatever was said comes back as it was", () => {
  const chance = chances();
  const text = () => Array.from({ length: chance(6) }, () => PIECES[chance(PIECES.length)] + (chance(2) ? "\n" : "")).join("");
  for (let round = 0; round < 2_000; round++) {
    const all = Array.from({ length: 1 + chance(3) }, (_, number) => {
      const turns = Array.from({ length: 1 + chance(3) }, () => {
        const [state, answer] = [STATES[chance(3)], text()];
        const failure = state === "failed" ? failureOf(chance(2) ? "network" : text().slice(0, 100)) : null;
        const accepted = state === "done" || answer !== "";
        const finishReason = chance(2) ? text().slice(0, 100) : null;
        const models = [text().slice(0, 100), "M"].slice(chance(3));
        return /** @type {[string, Partial<Answer>]} */ ([text(), { state, text: answer, accepted, models, finishReason, failure }]);
      });
      return kept(`id-${number}`, turns, chance(2) ? text().slice(0, 200) : null);
    });
    const file = asMarkdown(all);

    assert.deepEqual(read(file), all);
    assert.deepEqual(read(asJson(all, 0)), all);
    assert.equal(asMarkdown(read(file)), file);
  }
});

test("a file whose line ends an editor has changed, and one with other words for people, is still ours", () => {
  const changed = GOOD.replace("# Why?", "# My notes\n\nSome words.").replaceAll("\n", "\r\n");

  assert.deepEqual(read(changed), read(GOOD));
  assert.deepEqual(read(`${GOOD}\nA word at the end.\n`), read(GOOD));
});

test("Markdown that is not exactly ours is refused with a reason", () => {
  for (const text of ["# A title\n\n## You\n\nHello", ` ${GOOD}`, `# Title\n${GOOD}`, "<!-- nexus:question -->"]) {
    assert.equal(problem(text).code, "not_ours");
  }
  assert.equal(problem(GOOD.replace('"version":1', '"version":3')).code, "other_version");
  assert.equal(problem(GOOD.replace('{"version":1,', '{"version":1,,')).code, "damaged");
  assert.equal(problem(GOOD + GOOD).code, "twice");
  assert.equal(problem(GOOD + " ".repeat(20_000_000)).code, "too_large");

  const lines = GOOD.split("\n");
  const marked = lines.flatMap((line, index) => (line.startsWith("<!-- nexus:") ? [index] : []));
  assert.equal(marked.length, 5);
  for (const index of marked.slice(1)) {
    assert.deepEqual(problem(lines.toSpliced(index, 1).join("\n")), { code: "damaged_conversation", position: 1 });
    assert.deepEqual(problem(lines.toSpliced(index, 0, lines[index]).join("\n")), { code: "damaged_conversation", position: 1 });
    assert.deepEqual(problem(lines.slice(0, index).join("\n")), { code: "damaged_conversation", position: 1 });
  }
  const changes = [
    ["-->", "--"], ['"a1"', '"../x"'], ['{"version":1,', '{"version":1,,'], ['"title":null', '"title":{}'], ["nexus:answer ", "nexus:__proto__ "],
    ['"state":"done"', '"state":"queued"'], ['"state":"done"', '"state":"waiting"'], ['"models":["M"]', '"models":[{}]'], ["nexus:question ", "nexus:constructor "],
  ];
  for (const [from, to] of changes) {
    assert.ok(GOOD.includes(from));
    assert.match(problem(GOOD.replace(from, to)).code, /damaged|other_version/);
  }
});

test("a file that is cut off is never taken for all of it, wherever that is", () => {
  const turn = /** @type {[string, Partial<Answer>]} */ (["Why?", { text: "So." }]);
  const file = asMarkdown([kept("a1", [turn, turn]), kept("a2", [turn])]);
  const whole = file.lastIndexOf("<!-- nexus:answer-end -->") + "<!-- nexus:answer-end -->".length;
  const codes = Array.from({ length: whole }, (_, end) => problem(file.slice(0, end)).code);

  assert.deepEqual([...new Set(codes)].sort(), ["damaged", "damaged_conversation", "incomplete", "not_ours"]);
  assert.equal(problem(file.slice(0, file.indexOf("## You", file.indexOf("answer-end")))).code, "incomplete");
  assert.equal(problem(file.slice(0, file.lastIndexOf("<!-- nexus:conversation"))).code, "incomplete");
  assert.deepEqual(read(file.replaceAll(/"exchanges_left":\d,/g, "")), read(file), "files of earlier pages do not say how much there is");
});

test("a hostile file takes time in proportion to its length, however it is made", () => {
  const pieces = ["\\", "\n", "<!-- nexus:", "\n<!-- nexus:question -->", "`", "\n\\<!-- nexus:"];
  // Of this process: what else the machine does must not count.
  const cpuSeconds = (/** @type {number} */ length) => {
    const start = process.cpuUsage();
    for (const piece of pieces) fromFile(GOOD.replace("So.", piece.repeat(length / piece.length)), () => "new");
    for (const piece of ["`", "```\n", "~~~`"]) asMarkdown([kept("a", [[piece.repeat(length / 100), {}]])]);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1e6;
  };
  cpuSeconds(1_000_000); // Compiled by now.

  const [small, large] = [cpuSeconds(1_900_000), cpuSeconds(19_000_000)];

  assert.ok(large < 50 * small, `${large} s, of a tenth ${small} s`); // The square would be 100 times.
});
