import assert from "node:assert/strict";
import { test } from "node:test";
import { NEW_CONVERSATION, isBusy, messagesOf, withEdit, withEditUndone, withEvent, withQuestion, withRetry } from "../src/core/conversation.js";
import { failureOf } from "../src/core/failure.js";

/** @typedef {import("../src/core/answer.js").AnswerEvent} AnswerEvent */
/** @typedef {import("../src/core/conversation.js").Conversation} Conversation */

/** @type {AnswerEvent} */
const ACCEPTED = { type: "accepted" };
/** @type {AnswerEvent} */
const FAILED = { type: "failed", failure: failureOf("network") };
/** @type {AnswerEvent} */
const FINISHED = { type: "finished", reason: "stop" };
/** @type {AnswerEvent} */
const STOPPED = { type: "stopped" };

/** @param {string} words @returns {AnswerEvent} */
const text = (words) => ({ type: "text", text: words });

/** @param {Conversation} conversation @param {string} id @param {AnswerEvent[]} events */
const withEvents = (conversation, id, ...events) => events.reduce((all, event) => withEvent(all, id, event), conversation);

/** @param {string} id @param {string} question @param {AnswerEvent[]} events */
const begun = (id, question, ...events) => withEvents(withQuestion(NEW_CONVERSATION, id, question), id, ...events);

test("the service is sent what was said before, and the open question last", () => {
  const answered = begun("1", "Hi", ACCEPTED, text("Hello"), FINISHED);
  const asked = withQuestion(answered, "2", "And now?");

  assert.deepEqual(messagesOf(asked), [
    { role: "user", content: "Hi" },
    { role: "assistant", content: "Hello" },
    { role: "user", content: "And now?" },
  ]);
});

test("partial answers are part of what was said, and questions without an answer are not", () => {
  const partial = begun("1", "Hi", ACCEPTED, text("Hel"), STOPPED);
  const empty = withEvents(withQuestion(partial, "2", "Hm?"), "2", ACCEPTED, FAILED);
  const asked = withQuestion(empty, "3", "Again");

  assert.deepEqual(messagesOf(asked).map(({ content }) => content), ["Hi", "Hel", "Again"]);
});

test("a question that was never sent makes room for the next", () => {
  const refused = begun("1", "Hi", FAILED);

  assert.deepEqual(withQuestion(refused, "2", "Hi!").map(({ question }) => question), ["Hi!"]);
});

test("a retry asks the same words in place of the answer that failed", () => {
  const retried = withRetry(begun("1", "Hi", ACCEPTED, text("Hel"), FAILED), "2");

  assert.equal(retried.length, 1);
  assert.equal(retried[0].answer.state, "waiting");
  assert.deepEqual(messagesOf(retried), [{ role: "user", content: "Hi" }]);
});

test("a retry that is refused gives the text back that it was to replace", () => {
  const retried = withRetry(begun("1", "Hi", ACCEPTED, text("Hel"), STOPPED), "2");
  const refused = withEvents(retried, "2", FAILED);

  assert.equal(refused[0].answer.text, "Hel");
  assert.equal(refused[0].answer.state, "failed");
  assert.equal(refused[0].answer.failure?.code, "network");
});

test("late events of an earlier attempt change nothing", () => {
  const retried = withRetry(begun("1", "Hi", ACCEPTED, FAILED), "2");

  assert.deepEqual(withEvents(retried, "1", ACCEPTED, text("late")), retried);
});

test("a conversation is busy exactly while its last answer is not over", () => {
  assert.equal(isBusy(NEW_CONVERSATION), false);
  assert.equal(isBusy(begun("1", "Hi")), true);
  assert.equal(isBusy(begun("1", "Hi", ACCEPTED, text("H"))), true);
  for (const end of [FINISHED, STOPPED, FAILED]) assert.equal(isBusy(begun("1", "Hi", ACCEPTED, end)), false);
});

const two = withEvents(withQuestion(begun("1", "One", ACCEPTED, text("1"), FINISHED), "2", "Two"), "2", ACCEPTED, text("2"), FINISHED);

test("an edit sends none of what it is to replace, and replaces it with the first text", () => {
  const edited = withEdit(two, "1", "3", "Uno");
  assert.deepEqual(messagesOf(edited), [{ role: "user", content: "Uno" }]);
  assert.deepEqual(withEvents(edited, "3", ACCEPTED)[0].supersededExchanges, two);

  for (const end of [text("!"), FINISHED]) assert.ok(!("supersededExchanges" in withEvents(edited, "3", ACCEPTED, end)[0]));
});

test("an edit that brings nothing can be undone, also after retries, edits and other questions", () => {
  /** @type {AnswerEvent[][]} */
  const ends = [[FAILED], [STOPPED], [ACCEPTED, FAILED], [ACCEPTED, STOPPED]];
  for (const end of ends) {
    const failed = withEvents(withEdit(two, "2", "3", "Zwei"), "3", ...end);
    assert.deepEqual(withEditUndone(failed, "3"), two);

    const again = withEvents(withEdit(failed, "3", "4", "Deux"), "4", ...end);
    const retried = withEvents(withRetry(again, "5"), "5", ...end);
    assert.deepEqual(withEditUndone(retried, "5"), two);

    const later = withEvents(withQuestion(retried, "6", "Three"), "6", ACCEPTED, text("3"), FINISHED);
    assert.deepEqual(messagesOf(later).map(({ content }) => content), ["One", "1", "Three", "3"]);
    assert.deepEqual(withEditUndone(later, "5"), [...two, later.at(-1)]);

    const earlier = withEvents(withEdit(later, "1", "7", "Uno"), "7", ...end);
    assert.deepEqual(withEditUndone(earlier, "7"), later);
  }
});

test("nothing is undone while the answer may still come", () => {
  const edited = withEdit(two, "1", "3", "Uno");

  assert.deepEqual(withEditUndone(edited, "3"), edited);
});
