import assert from "node:assert/strict";
import { test } from "node:test";
import "./english.js";
import { ChatSession } from "../src/app/chat_session.js";
import { failureOf } from "../src/core/failure.js";
import { FakeBrowser } from "./fakes.js";

/** @typedef {import("../src/core/answer.js").AnswerEvent} AnswerEvent */
/** @typedef {import("../src/core/availability.js").Availability} Availability */

/** @type {AnswerEvent[]} */
const ANSWER = [{ type: "accepted" }, { type: "text", text: "Hello" }, { type: "finished", reason: "stop" }];
/** @type {Availability} */
const OPERATIONAL = { status: "operational", retryAt: null };

/** A session whose service gives these replies, one a question. */
function session(/** @type {AnswerEvent[][]} */ ...replies) {
  const service = {
    async *ask() {
      yield* replies.shift() ?? [];
    },
    check: async () => OPERATIONAL,
  };
  return new ChatSession(service, new FakeBrowser().tab());
}

/** Passes once it is so. @param {() => boolean} isSo */
async function settled(isSo) {
  for (let turn = 0; turn < 1000 && !isSo(); turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(isSo());
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

test("a message that is taken back leaves the draft as it is, and comes after it", async () => {
  const service = {
    async *ask() {
      yield* refusal("offline");
    },
    check: async () => OPERATIONAL,
    isOnline: () => false,
  };
  const chat = new ChatSession(service, new FakeBrowser().tab());
  for (const words of ["One", "Two"]) await chat.send(words);
  chat.draft.value = "half a thought";

  for (const { id } of chat.conversation.value) chat.cancel(id);

  assert.equal(chat.draft.value, "half a thought\n\nOne\n\nTwo");
  assert.deepEqual(chat.conversation.value, []);
});

test("exhaustion takes the input away, the next check gives it back, and what waits goes out", async () => {
  const browser = new FakeBrowser();
  const replies = [refusal("models_exhausted"), ANSWER];
  const service = {
    async *ask() {
      yield* replies.shift() ?? [];
    },
    check: async () => OPERATIONAL,
  };
  const chat = new ChatSession(service, browser.tab());
  chat.draft.value = "Hi";
  await chat.send();
  assert.equal(chat.isDown.value, true);
  assert.equal(chat.conversation.value[0].answer.state, "queued");
  assert.equal(chat.draft.value, "");
  await chat.send();
  assert.equal(chat.conversation.value.length, 1);

  browser.now += 5_000;
  await chat.state.check();
  await chat.wake();
  await settled(() => chat.conversation.value[0].answer.state === "done");

  assert.equal(chat.isDown.value, false);
  assert.equal(chat.conversation.value[0].answer.state, "done");
  assert.equal(chat.draft.value, "");
});

test("nothing empty is sent, and the same words not twice at once", async () => {
  const chat = session(ANSWER, ANSWER);
  await chat.send("  \n");
  chat.draft.value = "Hi";
  await Promise.all([chat.send(), chat.send()]);

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

test("a question that failed makes room for its corrected words, and stays where the visitor began anew", async () => {
  const questions = (/** @type {ChatSession} */ chat) => chat.conversation.value.map(({ question }) => question);
  const corrected = session(refusal("network"), ANSWER);
  corrected.draft.value = "Why is the sky blu?";
  await corrected.send();
  corrected.draft.value = "Why is the sky blue?";
  await corrected.send();
  assert.deepEqual(questions(corrected), ["Why is the sky blue?"]);

  const anew = session(refusal("network"), ANSWER);
  anew.draft.value = "Why is the sky blu?";
  await anew.send();
  anew.draft.value = "";
  anew.draft.value = "Why is the sea blue?";
  await anew.send();
  assert.deepEqual(questions(anew), ["Why is the sky blu?", "Why is the sea blue?"]);
});
