import assert from "node:assert/strict";
import { test } from "node:test";
import { failureOf } from "../src/core/failure.js";
import { FakeStorage } from "./fakes.js";
import { Scene } from "./scene.js";

/** @typedef {import("../src/core/answer.js").AnswerEvent} AnswerEvent */
/** @typedef {import("../src/core/conversation.js").Message} Message */

const WORDS = ["one ", "two ", "three ", "four "];
/** @type {AnswerEvent} */
const ACCEPTED = { type: "accepted" };
/** @type {AnswerEvent} */
const FINISHED = { type: "finished", reason: "stop" };

/** @param {string} text @returns {AnswerEvent} */
const text = (text) => ({ type: "text", text });
/** @param {string} code @returns {AnswerEvent} */
const failed = (code) => ({ type: "failed", failure: failureOf(code) });

/** What is missing of the words, as a service that goes on after the assistant's turn. @param {Message[]} messages */
function rest(messages) {
  const last = /** @type {Message} */ (messages.at(-1));
  const begun = last.role === "assistant" ? last.content : "";
  assert.ok(WORDS.join("").startsWith(begun));
  const missing = WORDS.join("").slice(begun.length);
  return missing ? [text(missing)] : [];
}

/** A service that breaks off after some words the first time, or never says another one, and then goes on. */
function scene(/** @type {AnswerEvent | "hang"} */ end, words = 2) {
  const scene = new Scene();
  scene.refusal = null;
  scene.answer = async function* (messages, signal) {
    yield ACCEPTED;
    if (scene.requests.length > 1) return yield* [...rest(messages), FINISHED];
    yield* WORDS.slice(0, words).map(text);
    if (end !== "hang") return yield end;
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    yield { type: "stopped" };
  };
  return scene;
}

/** @param {import("../src/app/chat_session.js").ChatSession} session */
const answerIn = (session) => session.library.store.all()[0].exchanges[0].answer;

test("an answer whose tab was killed goes on in the tab that is back, after the part it has, once and without a click", async () => {
  for (const words of [0, 1, 3, 4]) {
    const at = scene("hang", words);
    const items = new FakeStorage();
    const first = await at.tab({ name: "first", items });
    const others = [await at.tab(), await at.tab()];
    first.send("Count");
    await at.rest();
    await first.library.store.keep(first.library.currentId.value);
    at.browser.kill("first");
    const back = await at.tab({ name: "first", items });
    await at.rest();

    for (const tab of [back, ...others]) assert.deepEqual([answerIn(tab).state, answerIn(tab).text], ["done", WORDS.join("")]);
    assert.equal(at.requests.length, 2);
    assert.deepEqual(at.requests[1], [{ role: "user", content: "Count" }, ...(words ? [{ role: "assistant", content: WORDS.slice(0, words).join("") }] : [])]);
  }
});

test("an answer that broke off under way goes on by itself, as soon as there is a network and somebody may see it", async () => {
  const at = scene(failed("interrupted"));
  const session = await at.tab();
  const said = /** @type {string[]} */ ([]);
  session.announcement.subscribe((words) => said.push(words));
  at.answer = ((answer) => (messages, signal) => ((at.isOnline = at.requests.length > 1), answer(messages, signal)))(at.answer);
  await session.send("Count");
  await at.rest();
  assert.equal(answerIn(session).state, "failed");

  [at.isOnline, at.isVisible] = [true, false];
  await session.wake();
  assert.equal(at.requests.length, 1);
  at.isVisible = true;
  await session.wake();
  await at.rest();

  assert.deepEqual([answerIn(session).state, answerIn(session).text], ["done", WORDS.join("")]);
  assert.ok(!said.some((words) => words.includes("problem")));
});

test("an answer that is stopped stays stopped, also where it was to go on", async () => {
  for (const end of /** @type {const} */ (["hang", failed("network")])) {
    const at = scene(end);
    const session = await at.tab();
    const sending = session.send("Count");
    if (end !== "hang") at.isVisible = false;
    await at.rest();
    session.stop();
    await sending;
    at.isVisible = true;
    await session.wake();
    await at.tab();
    await at.rest();

    assert.deepEqual([answerIn(session).state, answerIn(session).text, at.requests.length], ["stopped", "one two ", 1]);
  }
});

test("it goes on a bounded number of times, each later than the one before, and then the visitor decides", async () => {
  const at = scene(failed("network"));
  at.answer = () => [ACCEPTED, failed("network")];
  const session = await at.tab();
  await session.send("Count");
  const waits = /** @type {number[]} */ ([]);
  for (let seconds = 0; seconds < 1_000; seconds++) {
    const before = at.tries;
    await session.wake();
    await new Promise((resolve) => setImmediate(resolve));
    if (at.tries > before) waits.push(seconds);
    at.browser.now += 1_000;
  }

  assert.equal(at.tries, 1 + 8);
  assert.ok((waits.at(-1) ?? 0) > 100);
  assert.equal(session.continuedId.value, null);
  at.answer = (messages) => [ACCEPTED, ...rest(messages), FINISHED];
  await session.retry();
  assert.equal(answerIn(session).text, WORDS.join(""));
});

test("nothing goes on that visitors have left behind, that cannot be mended, or that is a day old", async () => {
  const at = scene(failed("network"));
  at.answer = () => [ACCEPTED, failed("context_length_exceeded")];
  const session = await at.tab();
  await session.send("Count");
  at.isVisible = false;
  at.answer = () => [ACCEPTED, text("So"), failed("network")];
  await session.send("And then?");
  assert.ok(session.continuedId.value);
  at.answer = () => [ACCEPTED, text("Well."), FINISHED];
  await session.send("Never mind");
  assert.equal(session.continuedId.value, null);
  session.newChat();
  at.answer = () => [ACCEPTED, text("So"), failed("network")];
  await session.send("Tomorrow");
  at.browser.now += 90_000_000;
  at.isVisible = true;
  await session.wake();

  assert.deepEqual(at.asked, ["Count", "And then?", "Never mind", "Tomorrow"]);
});

test("what was written after it while there was no network goes out once the answer is whole", async () => {
  const at = scene(failed("network"));
  const session = await at.tab();
  at.answer = ((answer) => (messages, signal) => ((at.isOnline = false), answer(messages, signal)))(at.answer);
  await session.send("Count");
  at.refusal = "offline";
  await session.send("And then?");
  [at.isOnline, at.refusal, at.browser.now] = [true, null, 9_000];
  at.answer = (messages) => [ACCEPTED, ...(messages.length === 2 ? rest(messages) : [text("Then.")]), FINISHED];
  await session.wake();
  await at.rest();

  assert.deepEqual(session.conversation.value.map(({ answer }) => answer.text), [WORDS.join(""), "Then."]);
});
