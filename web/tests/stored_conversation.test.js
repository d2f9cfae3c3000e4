import assert from "node:assert/strict";
import { test } from "node:test";
import { NEW_ANSWER } from "../src/core/answer.js";
import { upgraded } from "../src/core/stored_conversation.js";

const DONE = { ...NEW_ANSWER, state: "done", accepted: true, text: "So." };
const FAILED = { ...NEW_ANSWER, state: "failed" };

test("a conversation that an older version stored keeps its previous answers and what an edit superseded", () => {
  const retried = { id: "1", question: "Why?", answer: FAILED };
  const edit = { id: "2", question: "Why not?", answer: FAILED };
  const old = { id: "c", title: null, exchanges: [{ ...edit, replaced: [{ ...retried, earlier: DONE }] }] };

  const expected = { ...edit, supersededExchanges: [{ ...retried, previousAnswer: DONE }] };
  assert.deepEqual(upgraded(old), { ...old, exchanges: [expected] });
  assert.deepEqual(upgraded(upgraded(old)), upgraded(old));
});

test("what a newer version stored beside is kept", () => {
  const newer = { id: "c", title: null, leaf: "x", exchanges: [{ id: "1", question: "Why?", answer: DONE, parent: "0" }] };

  assert.deepEqual(upgraded(newer), newer);
});
