import assert from "node:assert/strict";
import { test } from "node:test";
import { failureOf } from "../src/core/failure.js";
import { Scene } from "./scene.js";

/** @typedef {import("../src/core/answer.js").AnswerEvent} AnswerEvent */

/** A scene whose service answers, and a tab with a conversation in it. */
async function begun() {
  const scene = new Scene();
  scene.refusal = null;
  const first = await scene.tab();
  await first.send("Hello");
  await scene.rest();
  return { scene, first, id: first.library.currentId.value };
}

/** @param {Scene} scene @param {string} id */
const storedIn = (scene, id) => scene.browser.stored.get(id);

test("a tab that has heard nothing of another's changes writes over none of them", async () => {
  const { scene, first, id } = await begun();
  const stale = await scene.tab();
  stale.library.open(id);
  // a newer version of the page, which stale tabs do not hear
  const other = storedIn(scene, id);
  const exchange = { ...structuredClone(other.exchanges[0]), id: "other", question: "From elsewhere", parent: "x" };
  scene.browser.stored.set(id, { ...other, schema: 9, revision: other.revision + 3, leaf: "other", exchanges: [...other.exchanges, exchange] });

  stale.library.rename(id, "Mine");
  await scene.rest();

  const { title, leaf, schema, exchanges } = storedIn(scene, id);
  assert.deepEqual([title, leaf, schema], ["Mine", "other", 9]);
  assert.deepEqual(exchanges.at(-1), exchange);
  for (const tab of [first, stale]) assert.equal(tab.library.store.get(id)?.exchanges.length, 2);
});

test("a deleted conversation does not come back by what another tab was about to write or to tell", async () => {
  const { scene, first, id } = await begun();
  const second = await scene.tab();
  const told = structuredClone(storedIn(scene, id));
  second.library.rename(id, "Mine"); // under way
  first.library.remove(id);
  await scene.rest();
  first.library.tabs.tell({ type: "kept", kept: told });
  await scene.rest();

  for (const tab of [first, second, await scene.tab()]) assert.equal(tab.library.count.value, 0);
  assert.ok(!JSON.stringify(storedIn(scene, id)).includes("Hello"));
});

test("a page that comes back from where it heard nothing takes over what has been stored since", async () => {
  const { scene, first, id } = await begun();
  const stored = structuredClone(storedIn(scene, id));
  scene.browser.stored.set(id, { ...stored, revision: stored.revision + 1, title: "Meanwhile" });
  await first.library.store.load();

  assert.equal(first.library.list.value[0].title, "Meanwhile");
});

test("what another version of the page tells changes nothing where it makes no sense", async () => {
  const { scene, first, id } = await begun();
  const before = first.library.store.all();
  const second = scene.browser.tab();
  for (const kept of [null, {}, { id, exchanges: null }, { id, revision: 99, exchanges: [{ id: "x", question: "", answer: { state: "new" } }] }]) {
    second.tabs.tell({ type: "kept", kept });
  }
  await scene.rest();

  assert.deepEqual(first.library.store.all(), before);
});

test("a waiting message that is rewritten in one tab does not go out from another, and goes out once", async () => {
  const scene = new Scene();
  scene.refusal = "offline";
  const [first, second] = [await scene.tab(), await scene.tab()];
  await first.send("Firts");
  await scene.rest();
  second.library.open(first.library.currentId.value);
  const [{ id }] = second.conversation.value;
  second.editedId.value = id;
  await scene.rest();

  scene.refusal = null;
  scene.browser.now += 5_000;
  await first.wake();
  await scene.rest();
  assert.deepEqual(scene.asked, []);
  await second.edit(id, "First");
  await scene.rest();

  assert.deepEqual(scene.asked, ["First"]);
});

test("a waiting message goes out although another conversation's answer is stuck", async () => {
  const scene = new Scene();
  scene.refusal = "offline";
  const session = await scene.tab();
  for (const words of ["Stuck", "Not stuck"]) {
    await session.send(words);
    session.newChat();
  }
  [scene.refusal, scene.browser.now] = [null, 9_000];
  scene.answer = async function* (messages, signal) {
    yield /** @type {AnswerEvent} */ ({ type: "accepted" });
    if (messages[0].content === "Stuck") await new Promise((resolve) => signal.addEventListener("abort", resolve));
    yield { type: "finished", reason: "stop" };
  };
  await session.wake();
  await scene.rest();

  assert.deepEqual(scene.asked, ["Stuck", "Not stuck"]);
});

test("a waiting question that fails while another is being typed is still there when that one is sent", async () => {
  const scene = new Scene();
  scene.refusal = "offline";
  const session = await scene.tab();
  await session.send("Waits");
  session.draft.value = "Another";
  [scene.refusal, scene.browser.now] = ["network", 9_000];
  await session.wake();
  await scene.rest();
  assert.equal(session.conversation.value[0].answer.failure?.code, failureOf("network").code);
  scene.refusal = null;
  await session.send();

  assert.deepEqual(session.conversation.value.map(({ question }) => question), ["Waits", "Another"]);
});

test("a page that is left stores at once what it was about to store", async () => {
  const { scene, first, id } = await begun();
  first.library.rename(id, "Mine");
  first.library.store.keepAll();
  scene.browser.kill("tab 0");
  await scene.rest();

  assert.equal(storedIn(scene, id).title, "Mine");
});

test("what is being written in a conversation that another tab deletes comes after the draft of the new one", async () => {
  const scene = new Scene();
  scene.refusal = null;
  const [first, second] = [await scene.tab(), await scene.tab()];
  await first.send("Hello");
  await scene.rest();
  const [{ id }] = first.library.list.value;
  second.draft.value = "one draft";
  second.library.open(id);
  second.draft.value = "another";
  rewrite(second, "Hello, rewritten");

  await first.library.remove(id);
  await scene.rest();
  assert.equal(second.draft.value, "one draft\n\nanother\n\nHello, rewritten");
});

test("what is being written into a question that goes becomes the draft", async () => {
  const scene = new Scene();
  scene.refusal = null;
  const [first, second] = [await scene.tab(), await scene.tab()];
  await first.send("First");
  await scene.rest();
  [scene.isOnline, scene.refusal] = [false, "offline"];
  await first.send("Second");
  await scene.rest();
  second.library.open(first.library.currentId.value);
  rewrite(second, "Second, rewritten");

  first.cancel(first.conversation.value[1].id);
  await scene.rest();
  assert.deepEqual([first.draft.value, second.draft.value, second.editedId.value], ["Second", "Second, rewritten", null]);
});

test("a question that failed stays while it is being rewritten, though the same words are sent again", async () => {
  const scene = new Scene();
  scene.refusal = "network";
  const chat = await scene.tab();
  chat.draft.value = "Hello";
  await chat.send();
  rewrite(chat, "Hello, with more words");
  scene.refusal = null;
  await chat.send();
  assert.deepEqual(chat.conversation.value.map(({ question }) => question), ["Hello", "Hello"]);
  assert.equal(chat.library.editOf(chat.conversation.value[0].id), "Hello, with more words");
});

/** The last question is being rewritten. @param {import("../src/app/chat_session.js").ChatSession} session @param {string} words */
function rewrite({ conversation, editedId, library }, words) {
  const { id } = conversation.value[conversation.value.length - 1];
  editedId.value = id;
  library.keepEdit("begun", id);
  library.keepEdit(id, words);
}
