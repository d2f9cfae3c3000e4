import assert from "node:assert/strict";
import { test } from "node:test";
import { ANSWER, Scene, rest } from "./scene.js";

/** A scene in which the first answer is coming in, and what lets it end. */
async function answering() {
  const scene = new Scene();
  scene.refusal = null;
  let end = () => {};
  const isOver = /** @type {Promise<void>} */ (new Promise((resolve) => (end = resolve)));
  scene.answer = async function* () {
    yield* ANSWER.slice(0, 2);
    if (scene.asked.length === 1) await isOver;
    yield* ANSWER.slice(2);
  };
  const items = scene.browser.items;
  const chat = await scene.tab({ name: "a", items });
  chat.send("First");
  await rest();
  chat.draft.value = "Second";
  await chat.send();
  scene.browser.now += 5_000;
  return { scene, chat, end };
}

/** @param {import("../src/app/chat_session.js").ChatSession} chat */
const states = (chat) => chat.conversation.value.map(({ question, answer }) => [question, answer.state]);

test("a message that is written while an answer comes in waits, and goes out when that ends", async () => {
  const { scene, chat, end } = await answering();
  assert.deepEqual(states(chat), [["First", "streaming"], ["Second", "queued"]]);
  assert.equal(chat.draft.value, "");
  assert.match(chat.announcement.value, /waiting/);
  await rest();
  assert.deepEqual(scene.asked, ["First"]);

  end();
  await rest();
  assert.deepEqual(states(chat), [["First", "done"], ["Second", "done"]]);
  assert.deepEqual(scene.requests[1].map(({ content }) => content), ["First", "Hello", "Second"]);
});

test("it can be taken back, and is the draft again", async () => {
  const { scene, chat, end } = await answering();
  chat.cancel(chat.conversation.value[1].id);
  end();
  await rest();

  assert.equal(chat.draft.value, "Second");
  assert.deepEqual(scene.asked, ["First"]);
});

test("after a reload the answer goes on first, and then the message goes out", async () => {
  const { scene } = await answering();
  scene.browser.kill("a");
  const chat = await scene.tab({ name: "b" });
  chat.library.open([...scene.browser.stored.keys()][0]);
  await rest();
  scene.browser.now += 60_000;
  await chat.wake();
  await rest();

  assert.deepEqual(scene.asked.slice(1), ["Hello", "Second"]);
  assert.deepEqual(states(chat).map(([, state]) => state), ["done", "done"]);
});

test("nothing is asked again while a message waits, which would leave that message behind", async () => {
  const scene = new Scene();
  scene.refusal = null;
  const chat = await scene.tab();
  await chat.send("First");
  [scene.isOnline, scene.refusal] = [false, "offline"];
  await chat.send("Second");
  assert.deepEqual(states(chat), [["First", "done"], ["Second", "queued"]]);

  const [{ id }] = chat.conversation.value;
  await chat.edit(id, "First, in other words");
  await chat.retry(id);
  assert.equal(chat.canSend.value, false);
  assert.deepEqual(states(chat), [["First", "done"], ["Second", "queued"]]);

  [scene.isOnline, scene.refusal] = [true, null];
  scene.browser.now += 5_000;
  await chat.wake();
  await scene.rest();
  assert.deepEqual(scene.asked, ["First", "Second"]);
});

test("the next message stays in the textbox when one of the same words that waited has gone out", async () => {
  const scene = new Scene();
  scene.refusal = null;
  const chat = await scene.tab();
  await chat.send("First");
  [scene.isOnline, scene.refusal] = [false, "offline"];
  chat.draft.value = "continue";
  await chat.send();
  assert.equal(chat.draft.value, "");
  chat.draft.value = "continue";

  [scene.isOnline, scene.refusal] = [true, null];
  scene.browser.now += 5_000;
  await chat.state.check();
  await scene.rest();
  assert.deepEqual([scene.asked, chat.draft.value], [["First", "continue"], "continue"]);
  chat.library.begin();
  chat.library.open(chat.library.list.value[0].id);
  assert.equal(chat.draft.value, "continue");
});
