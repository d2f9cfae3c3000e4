import assert from "node:assert/strict";
import { test } from "node:test";
import { failureOf } from "../src/core/failure.js";
import { FakeStorage } from "./fakes.js";
import { Line, answers } from "./line.js";

/** @typedef {import("../src/app/chat_session.js").ChatSession} ChatSession */


test("a message waits in line, is sent when its number is called and not before, with the newest ticket", async () => {
  const line = new Line();
  const session = await line.tab();
  await session.send("Patience");
  await line.rest();
  assert.equal(session.inLine.value?.place.position, 11);
  assert.deepEqual([session.isDown.value, session.canWrite.value, answers(session)], [true, false, ["queued"]]);

  line.pass(10);
  await line.learn(session);
  assert.deepEqual([line.tries, session.isDown.value, session.announcement.value.includes("You can send")], [1, true, false]);

  line.called = 111;
  await line.learn(session);
  await line.rest();
  assert.deepEqual([line.tickets, line.asked, answers(session)], [[undefined, "111.1"], ["Patience"], ["done"]]);
  assert.deepEqual([session.isDown.value, session.inLine.value], [false, null]);
});

test("refused again, it keeps its number, and goes on with the new ticket", async () => {
  const line = new Line();
  const session = await line.tab();
  await session.send("Patience");
  await line.rest();
  line.pass(2);
  line.found = { status: "degraded", retryAt: null, serving: { number: 111, at: line.browser.now, perSecond: 1 } };
  await session.state.check();
  await line.rest();
  assert.deepEqual([line.tickets, session.inLine.value?.place.ticket], [[undefined, "111.1"], "111.2"]);

  line.pass(60);
  line.called = 111;
  await line.learn(session);
  await line.rest();
  assert.deepEqual([line.tickets.at(-1), answers(session)], ["111.2", ["done"]]);
});

test("a page that is loaded again, and another tab, have the place, and one of them sends", async () => {
  const line = new Line();
  line.perSecond = null;
  const items = new FakeStorage();
  const first = await line.tab({ name: "first", items });
  await first.send("Patience");
  await line.rest();
  line.browser.kill("first");
  const [again, other] = [await line.tab({ name: "first", items }), await line.tab({ name: "other" })];
  assert.equal(again.inLine.value?.place.ticket, "111.1");
  assert.equal(other.inLine.value?.place.ticket, "111.1");

  line.pass(10);
  line.called = 111;
  await Promise.all([line.learn(again), line.learn(other)]);
  await line.rest();
  assert.deepEqual([line.asked, line.tickets], [["Patience"], [undefined, "111.1"]]);
});

test("another refusal keeps the place, one without a ticket ends it, and other words are another message", async () => {
  const line = new Line();
  const { meets } = line;
  const session = await line.tab();
  await session.send("Patience");
  await line.rest();
  line.called = 111;
  line.meets = (ticket) => (line.tickets.push(ticket), { ...failureOf("unavailable"), retryAt: line.browser.now + 5_000 });
  line.pass(2);
  await line.learn(session);
  assert.equal(session.inLine.value?.place.ticket, "111.1");

  line.meets = meets;
  line.called = 100;
  await session.edit(session.conversation.value[0].id, "Other words");
  line.pass(2);
  await line.learn(session);
  assert.deepEqual([line.tickets.at(-1), session.inLine.value?.place.number], [undefined, 112]);

  line.meets = () => failureOf("models_exhausted");
  line.called = 112;
  line.pass(60);
  await line.learn(session);
  assert.deepEqual([session.inLine.value, answers(session)], [null, ["queued"]]);
});

test("whoever leaves the line has the words back, and nothing is sent", async () => {
  const line = new Line();
  const session = await line.tab();
  await session.send("Patience");
  await line.rest();
  session.cancel(session.inLine.value?.id ?? "");
  line.called = 200;
  line.pass(60);
  await line.learn(session);

  assert.deepEqual([session.draft.value, session.inLine.value, line.tries, answers(session)], ["Patience", null, 1, []]);
});

test("where nobody knows how long it takes, a message goes out once somebody does, or nobody waits any more", async () => {
  const line = new Line();
  line.perSecond = null;
  const session = await line.tab();
  await session.send("Patience");
  await line.rest();
  line.pass(3_600);
  await line.learn(session);
  assert.equal(line.tries, 1);

  line.called = 200;
  line.found = { status: "operational", retryAt: null };
  await session.state.check();
  await line.rest();
  assert.deepEqual(answers(session), ["done"]);
});

test("an answer that broke off has a place as well, and goes on when it is called", async () => {
  const line = new Line();
  line.perSecond = null;
  line.answer = () => [{ type: "accepted" }, { type: "text", text: "Hel" }, { type: "failed", failure: failureOf("interrupted") }];
  const session = await line.tab();
  const { meets } = line;
  line.meets = () => null;
  await session.send("Patience");
  line.meets = meets;
  line.answer = () => [{ type: "accepted" }, { type: "text", text: "lo" }, { type: "finished", reason: "stop" }];
  await line.learn(session);
  assert.deepEqual([line.tickets, session.conversation.value[0].answer.text], [[undefined], "Hel"]);
  line.pass(30);
  await line.learn(session);
  assert.equal(line.tickets.length, 1);

  line.called = 111;
  line.pass(30);
  await line.learn(session);
  assert.deepEqual([line.tickets, session.conversation.value[0].answer.text, answers(session)], [[undefined, "111.1"], "Hello", ["done"]]);
});
