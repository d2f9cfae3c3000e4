import assert from "node:assert/strict";
import { test } from "node:test";
import { asJson, fromFile } from "../src/core/archive.js";
import { NEW_ANSWER } from "../src/core/answer.js";
import { SCHEMA } from "../src/core/stored_conversation.js";

/** @typedef {import("../src/core/stored_conversation.js").StoredConversation} StoredConversation */

/** @type {StoredConversation} */
const KEPT = {
  schema: SCHEMA,
  revision: 0,
  id: "a1",
  title: null,
  createdAt: 1_000,
  updatedAt: 2_000,
  exchanges: [
    { id: "x", attempt: 1, question: "Why?", answer: { ...NEW_ANSWER, state: "done", accepted: true, text: "**So.**", models: ["M"], finishReason: "stop" } },
    { id: "y", attempt: 1, question: "And?", answer: { ...NEW_ANSWER, state: "queued" } },
  ],
};

const newId = () => "new";

/** @param {(file: any) => void} change  what is done to a good file */
function readingOf(change) {
  const file = JSON.parse(asJson([KEPT], 3_000));
  change(file);
  return fromFile(JSON.stringify(file), newId);
}

test("what was written can be read again, except that nothing waits to be sent", () => {
  const reading = fromFile(asJson([KEPT], 3_000), newId);

  assert.ok("conversations" in reading);
  const [kept] = reading.conversations;
  assert.deepEqual({ ...kept, exchanges: [] }, { ...KEPT, exchanges: [] });
  assert.deepEqual(kept.exchanges[0], { ...KEPT.exchanges[0], id: "new" });
  assert.equal(kept.exchanges[1].answer.state, "failed");
});

test("every file that is not exactly ours is refused with a sentence", () => {
  const texts = ["", "null", "[]", "{", '"x"', "{}", '{"format":"nexus-conversations"}', " ".repeat(20_000_001)];
  for (const text of texts) assert.ok("problem" in fromFile(text, newId));

  /** @type {((file: any) => void)[]} */
  const changes = [
    (file) => (file.version = 3),
    (file) => (file.conversations = {}),
    (file) => (file.conversations = [null]),
    (file) => (file.conversations[0].id = "../../x"),
    (file) => (file.conversations[0].title = {}),
    (file) => (file.conversations[0].title = "x".repeat(201)),
    (file) => (file.conversations[0].created_at = "soon"),
    (file) => (file.conversations[0].updated_at = 5),
    (file) => (file.conversations[0].exchanges = []),
    (file) => (file.conversations[0].exchanges = [null]),
    (file) => (file.conversations[0].exchanges[0].question = ["x"]),
    (file) => (file.conversations[0].exchanges[0].answer = "x"),
    (file) => (file.conversations[0].exchanges[0].answer.state = "queued"),
    (file) => (file.conversations[0].exchanges[0].answer.state = "__proto__"),
    (file) => (file.conversations[0].exchanges[0].answer.text = 5),
    (file) => (file.conversations[0].exchanges[0].answer.text = "x".repeat(1_000_001)),
    (file) => (file.conversations[0].exchanges[0].answer.models = [{}]),
    (file) => (file.conversations[0].exchanges[1].answer.failure_code = null),
    (file) => file.conversations.push(file.conversations[0]),
  ];
  for (const change of changes) assert.ok("problem" in readingOf(change), change.toString());
});
