import assert from "node:assert/strict";
import { test } from "node:test";
import { NEW_ANSWER } from "../src/core/answer.js";
import { SCHEMA } from "../src/core/stored_conversation.js";
import { transcriptInMarkdown, transcriptInPlainText } from "../src/core/transcript.js";
import { piecesOf } from "../src/edge/speech.js";
import { plainText } from "../src/markdown/plain_text.js";
import { fileWords } from "./english.js";

/** @type {import("../src/core/stored_conversation.js").StoredConversation} */
const CONVERSATION = {
  schema: SCHEMA,
  revision: 0,
  id: "a",
  title: null,
  createdAt: 1_000,
  updatedAt: 2_000,
  exchanges: [
    { id: "x", attempt: 1, question: "Is **this** so?", answer: { ...NEW_ANSWER, state: "done", text: "It *is*." } },
    { id: "y", attempt: 1, question: "And <!-- that -->?", answer: { ...NEW_ANSWER, state: "stopped" } },
  ],
};

test("a conversation that is copied as Markdown has no marks of ours", () => {
  const copied = transcriptInMarkdown(CONVERSATION, fileWords());

  assert.equal(
    copied,
    "# Is **this** so?\n\n## You\n\nIs **this** so?\n\n## Nexus Core\n\nIt *is*.\n\n## You\n\nAnd <!-- that -->?\n\n## Nexus Core\n\n*No answer.*",
  );
});

test("other versions of a question are not copied", () => {
  const [first, ...others] = CONVERSATION.exchanges;
  const versions = { earlier: [[{ ...first, id: "z", question: "Another version?" }]], later: [] };
  const exchanges = /** @type {any[]} */ ([{ ...first, versions }, ...others]);

  assert.equal(transcriptInMarkdown({ ...CONVERSATION, exchanges }, fileWords()), transcriptInMarkdown(CONVERSATION, fileWords()));
});

test("a conversation that is copied as text has the questions as they were written, and the answers without marks", () => {
  const copied = transcriptInPlainText(CONVERSATION, fileWords(), plainText);

  assert.equal(copied, "Is **this** so?\n\nYou:\nIs **this** so?\n\nNexus Core:\nIt is.\n\nYou:\nAnd <!-- that -->?\n\nNexus Core:\nNo answer.");
});

test("what is read aloud comes in pieces of whole sentences, and nothing gets lost", () => {
  const sentence = "One, two, three and so on until it is long enough. ";
  const pieces = piecesOf(`${sentence.repeat(10)}\n\n---\n\nはい。そうです。`);

  assert.ok(pieces.length > 2 && pieces.every((piece) => piece.length <= 200), String(pieces));
  assert.equal(pieces.join(" ").match(/long enough\./g)?.length, 10);
  assert.match(pieces.join(" "), /はい。そうです。/);
});
