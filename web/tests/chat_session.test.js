import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatSession } from "../src/chat_session.js";
import { failureOf } from "../src/core/failure.js";

/** @typedef {import("../src/core/answer.js").AnswerEvent} AnswerEvent */
/** @typedef {import("../src/core/availability.js").Availability} Availability */

/** @type {AnswerEvent[]} */
const ANSWER = [{ type: "accepted" }, { type: "text", text: "Hello" }, { type: "finished", reason: "stop" }];
/** @type {Availability} */
const OPERATIONAL = { status: "operational", retryAt: null };

/** A session whose service gives these replies, one a question. */
function session(/** @type {AnswerEvent[][]} */ ...replies) {
  return new ChatSession({
    async *ask() {
      yield* replies.shift() ?? [];
    },
    check: async () => OPERATIONAL,
  });
}

/** @param {string} code @returns {AnswerEvent[]} */
const refusal = (code) => [{ type: "failed", failure: failureOf(code) }];

test("the draft goes once the service has accepted it, and no earlier", async () => {
  const chat = session(ANSWER);
  const drafts = /** @type {string[]} */ ([]);
  chat.conversation.subscribe(() => drafts.push(chat.draft.value));
  chat.draft.value = " Hi ";
  await chat.send();

  assert.equal(chat.draft.value, "");
  assert.equal(drafts[1], " Hi ");
  assert.equal(chat.conversation.value[0].question, "Hi");
});

test("a refused question leaves the draft, and puts one back that never was a draft", async () => {
  const typed = session(refusal("network"));
  typed.draft.value = "Hi";
  await typed.send();
  assert.equal(typed.draft.value, "Hi");

  const prompted = session(refusal("network"));
  await prompted.send("A prompt");
  assert.equal(prompted.draft.value, "A prompt");
});

test("exhaustion takes the input away, and the next check gives it back", async () => {
  const chat = session(refusal("models_exhausted"), ANSWER);
  await chat.send("Hi");
  assert.equal(chat.isExhausted.value, true);
  await chat.send();
  assert.equal(chat.conversation.value.length, 1);

  await chat.checkAvailability();
  await chat.send();

  assert.equal(chat.isExhausted.value, false);
  assert.equal(chat.conversation.value[0].answer.state, "done");
  assert.equal(chat.draft.value, "");
});

test("nothing empty is sent, and nothing while an answer is coming in", async () => {
  const chat = session(ANSWER, ANSWER);
  await chat.send("  \n");
  await Promise.all([chat.send("Hi"), chat.send("Again")]);

  assert.deepEqual(chat.conversation.value.map(({ question }) => question), ["Hi"]);
});

test("a new chat is empty, and stays empty when the old answer comes in late", async () => {
  const chat = session(ANSWER);
  const sending = chat.send("Hi");
  chat.newChat();
  await sending;

  assert.deepEqual(chat.conversation.value, []);
});

test("the same announcement twice is two announcements", async () => {
  const chat = session(ANSWER, ANSWER);
  const said = /** @type {string[]} */ ([]);
  chat.announcement.subscribe((words) => said.push(words));
  chat.newChat();
  chat.newChat();

  assert.equal(new Set(said.filter((words) => words.trim() === "New chat.")).size, 2);
});
