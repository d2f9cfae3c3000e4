import assert from "node:assert/strict";
import { test } from "node:test";
import {
  NEW_CONVERSATION,
  isBusy,
  messagesOf,
  withAutomaticContinuation,
  withContinuation,
  withEvent,
  withQuestion,
  withQuestionAgain,
  withVersionUndone,
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
  const refused = begun("1", "Why is the sky blu?", FAILED);
  /** @param {string} next @param {string} [givenBack] */
  const after = (next, givenBack) =>
    withQuestion(refused, "2", next, [], givenBack).map(({ question }) => question);

  assert.deepEqual(after("Why is the sky blue?", "1"), ["Why is the sky blue?"]);
  assert.deepEqual(after("Why is the sky blu?"), ["Why is the sky blu?"]);
  assert.deepEqual(after("Why is the sky blue?"), ["Why is the sky blu?", "Why is the sky blue?"], "the visitor may have written it elsewhere");
  assert.deepEqual(after("Who?", "1"), ["Why is the sky blu?", "Who?"], "all of its words were replaced");
});

test("a question that was never sent keeps its place, and its files, where the same words are sent without them", () => {
  const file = { id: "f", name: "a.txt", characters: 3 };
  const refused = withEvents(withQuestion(NEW_CONVERSATION, "1", "Sum up", [file]), "1", FAILED);

  assert.equal(withQuestion(refused, "2", "Sum up").length, 2);
  assert.equal(withQuestion(refused, "2", "Sum up", [file]).length, 1);
});

test("a question is asked again without the answer that it had, which is kept as a version", () => {
  const retried = withQuestionAgain(begun("1", "Hi", ACCEPTED, text("Hel"), FAILED), "1", "2");

  assert.deepEqual(retried.map(({ id, answer }) => [id, answer.state]), [["2", "waiting"]]);
  assert.deepEqual(messagesOf(retried), [{ role: "user", content: "Hi" }]);
  assert.equal(retried[0].versions?.earlier[0][0].answer.text, "Hel");
});

test("what brought nothing is asked again in its place, and late events of the attempt before change nothing", () => {
  const retried = withQuestionAgain(begun("1", "Hi", ACCEPTED, FAILED), "1", "2");

  assert.deepEqual(retried.map(({ id, attempt, versions }) => [id, attempt, versions]), [["1", 2, undefined]]);
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
  assert.equal(withQuestionAgain(again, "1", "2")[0].continuations, undefined);
});

test("a conversation is busy exactly while its last answer is not over", () => {
  assert.equal(isBusy(NEW_CONVERSATION), false);
  assert.equal(isBusy(begun("1", "Hi")), true);
  assert.equal(isBusy(begun("1", "Hi", ACCEPTED, text("H"))), true);
  for (const end of [FINISHED, STOPPED, FAILED]) assert.equal(isBusy(begun("1", "Hi", ACCEPTED, end)), false);
});

test("nothing is undone while the answer may still come", () => {
  const edited = withQuestionAgain(begun("1", "One", ACCEPTED, text("1"), FINISHED), "1", "2", "Uno");

  assert.deepEqual(withVersionUndone(edited, "2"), edited);
});
