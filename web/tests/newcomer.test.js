import assert from "node:assert/strict";
import { test } from "node:test";
import { failureOf } from "../src/core/failure.js";
import { Line, answers } from "./line.js";

test("while others are first, a newcomer writes, and gets in line with the message", async () => {
  const line = new Line();
  const session = await line.tab();
  const retryAt = line.browser.now + 20_000;
  const serving = () => ({ number: line.called, at: line.browser.now, perSecond: line.perSecond });
  line.found = { status: "exhausted", retryAt };
  await session.state.check();
  assert.deepEqual([session.isDown.value, session.canWrite.value], [true, false]);

  line.found = { status: "exhausted", retryAt, reason: "line", serving: serving() };
  await session.state.check();
  assert.deepEqual([session.isDown.value, session.canWrite.value], [false, true]);
  assert.match(session.announcement.value, /send messages again/);

  await session.send("Hello");
  await line.rest();
  assert.deepEqual([answers(session), session.inLine.value?.place.number, session.draft.value], [["queued"], 111, ""]);
  assert.deepEqual([session.isDown.value, session.canWrite.value, line.tries], [true, false, 1]);

  line.called = 111;
  line.pass(2);
  line.found = { status: "exhausted", retryAt, reason: "line", serving: serving() };
  await session.state.check();
  await line.rest();
  assert.deepEqual([answers(session), session.isDown.value, line.tickets], [["done"], false, [undefined, "111.1"]]);
});

test("another answer that is asked for behind others gets in line too, and leaves the one that is there", async () => {
  const line = new Line();
  line.called = 200;
  const session = await line.tab();
  await session.send("Hello");
  line.called = 100;
  line.found = { status: "exhausted", retryAt: line.browser.now + 20_000, reason: "line" };
  await session.state.check();

  await session.retry();
  await line.rest();

  const [{ id, versions }] = session.conversation.value;
  assert.deepEqual([answers(session), session.inLine.value?.place.number], [["queued"], 112]);
  assert.equal(versions?.earlier.length, 1);
  session.cancel(id);
  assert.deepEqual(answers(session), ["done"]);
});

test("an answer that is gone on with by hand behind others keeps its text, and ends when it is called", async () => {
  const line = new Line();
  const { meets } = line;
  line.meets = () => null;
  line.answer = () => [{ type: "accepted" }, { type: "text", text: "Hel" }, { type: "failed", failure: failureOf("unknown") }];
  const session = await line.tab();
  await session.send("Hello");
  line.meets = meets;
  line.answer = () => [{ type: "accepted" }, { type: "text", text: "lo" }, { type: "finished", reason: "stop" }];
  line.found = { status: "exhausted", retryAt: line.browser.now + 20_000, reason: "line" };
  await session.state.check();

  await session.resume();
  await line.rest();

  assert.deepEqual([answers(session), session.conversation.value[0].answer.text], [["failed"], "Hel"]);
  line.called = 111;
  line.pass(2);
  await line.learn(session);
  await line.rest();
  assert.deepEqual([answers(session), session.conversation.value[0].answer.text], [["done"], "Hello"]);
});

test("a newcomer who gets no place waits on the page until nobody is before the message", async () => {
  const line = new Line();
  line.meets = () => ({ ...failureOf("models_exhausted"), retryAt: line.browser.now + 20_000 });
  const session = await line.tab();
  const serving = () => ({ number: line.called, at: line.browser.now, perSecond: 1 });
  line.found = { status: "exhausted", retryAt: null, reason: "line", serving: serving() };
  await session.state.check();
  await session.send("Hello");
  line.pass(60);
  line.found = { status: "exhausted", retryAt: null, reason: "line", serving: serving() };
  await session.state.check();
  await line.rest();
  assert.deepEqual([answers(session), session.inLine.value, line.tries], [["queued"], null, 1]);

  line.meets = () => null;
  line.found = { status: "operational", retryAt: null };
  await session.state.check();
  await line.rest();
  assert.deepEqual([answers(session), line.asked], [["done"], ["Hello"]]);
});
