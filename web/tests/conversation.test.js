import assert from "node:assert/strict";
import { test } from "node:test";
import {
  NEW_CONVERSATION,
  isBusy,
  messagesOf,
  withAutomaticContinuation,
  withContinuation,
  withEdit,
  withEditUndone,
  withEvent,
  withFields,
  withQuestion,
  withRetry,
} from "../src/core/conversation.js";
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

test("a question that was never sent makes room for the one that its words became, and for no other", () => {
  const refused = begun("1", "Hi", FAILED);
  const questions = (/** @type {Conversation} */ conversation) => conversation.map(({ question }) => question);

  assert.deepEqual(questions(withQuestion(withFields(refused, "1", { isInDraft: true }), "2", "Hi!")), ["Hi!"]);
  assert.deepEqual(questions(withQuestion(refused, "2", "Hi")), ["Hi"]);
  assert.deepEqual(questions(withQuestion(refused, "2", "And you?")), ["Hi", "And you?"]);
});

test("a retry asks the same words in place of the answer that failed", () => {
  const retried = withRetry(begun("1", "Hi", ACCEPTED, text("Hel"), FAILED));

  assert.equal(retried.length, 1);
  assert.equal(retried[0].answer.state, "waiting");
  assert.deepEqual(messagesOf(retried), [{ role: "user", content: "Hi" }]);
});

test("a retry that is refused gives the text back that it was to replace", () => {
  const retried = withRetry(begun("1", "Hi", ACCEPTED, text("Hel"), STOPPED));
  const refused = withEvents(retried, "1", FAILED);

  assert.equal(refused[0].answer.text, "Hel");
  assert.equal(refused[0].answer.state, "failed");
  assert.equal(refused[0].answer.failure?.code, "network");
});

test("a retry is another attempt at the same exchange, and late events of the one before change nothing", () => {
  const retried = withRetry(begun("1", "Hi", ACCEPTED, FAILED));

  assert.deepEqual(retried.map(({ id, attempt }) => [id, attempt]), [["1", 2]]);
  assert.deepEqual(withEvent(retried, "1", ACCEPTED, 1), retried);
  assert.equal(withEvent(retried, "1", ACCEPTED, 2)[0].answer.state, "accepted");
});

test("an answer that goes on comes last in what is sent, and what comes is added to it", () => {
  const partial = begun("1", "Hi", ACCEPTED, text("Hel"), FAILED);
  for (const going of [withContinuation(partial), withAutomaticContinuation(partial, "1")]) {
    assert.deepEqual(messagesOf(going), [
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Hel" },
    ]);
    assert.deepEqual(withEvents(going, "1", ACCEPTED, text("lo"), FINISHED)[0].answer.text, "Hello");
    assert.deepEqual(withEvents(going, "1", FAILED)[0].answer.text, "Hel");
  }
});

test("an answer that broke off before its first word is asked for anew, and each time is counted", () => {
  const lost = begun("1", "Hi", ACCEPTED, FAILED);
  const again = withEvents(withAutomaticContinuation(lost, "1"), "1", ACCEPTED, FAILED);
  const third = withAutomaticContinuation(again, "1");

  assert.deepEqual(messagesOf(third), [{ role: "user", content: "Hi" }]);
  assert.deepEqual([third[0].attempt, third[0].continuations], [3, 2]);
  assert.equal(withRetry(again)[0].continuations, undefined);
});

test("a conversation is busy exactly while its last answer is not over", () => {
  assert.equal(isBusy(NEW_CONVERSATION), false);
  assert.equal(isBusy(begun("1", "Hi")), true);
  assert.equal(isBusy(begun("1", "Hi", ACCEPTED, text("H"))), true);
  for (const end of [FINISHED, STOPPED, FAILED]) assert.equal(isBusy(begun("1", "Hi", ACCEPTED, end)), false);
});

const two = withEvents(withQuestion(begun("1", "One", ACCEPTED, text("1"), FINISHED), "2", "Two"), "2", ACCEPTED, text("2"), FINISHED);

test("an edit sends none of what it is to replace, and replaces it with the first text", () => {
  const edited = withEdit(two, "1", "Uno");
  assert.deepEqual(messagesOf(edited), [{ role: "user", content: "Uno" }]);
  assert.deepEqual(withEvents(edited, "1", ACCEPTED)[0].supersededExchanges, two);
  assert.deepEqual([edited[0].id, edited[0].attempt], ["1", 2]);

  for (const end of [text("!"), FINISHED]) assert.ok(!("supersededExchanges" in withEvents(edited, "1", ACCEPTED, end)[0]));
});

test("an edit that brings nothing can be undone, also after retries, edits and other questions", () => {
  /** @type {AnswerEvent[][]} */
  const ends = [[FAILED], [STOPPED], [ACCEPTED, FAILED], [ACCEPTED, STOPPED]];
  for (const end of ends) {
    const failed = withEvents(withEdit(two, "2", "Zwei"), "2", ...end);
    assert.deepEqual(withEditUndone(failed, "2"), two);

    const again = withEvents(withEdit(failed, "2", "Deux"), "2", ...end);
    const retried = withEvents(withRetry(again), "2", ...end);
    assert.deepEqual(withEditUndone(retried, "2"), two);

    const later = withEvents(withQuestion(retried, "6", "Three"), "6", ACCEPTED, text("3"), FINISHED);
    assert.deepEqual(messagesOf(later).map(({ content }) => content), ["One", "1", "Three", "3"]);
    assert.deepEqual(withEditUndone(later, "2"), [...two, later.at(-1)]);

    const earlier = withEvents(withEdit(later, "1", "Uno"), "1", ...end);
    assert.deepEqual(withEditUndone(earlier, "1"), later);
  }
});

test("nothing is undone while the answer may still come", () => {
  const edited = withEdit(two, "1", "Uno");

  assert.deepEqual(withEditUndone(edited, "1"), edited);
});
