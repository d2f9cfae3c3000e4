import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatSession } from "../src/app/chat_session.js";
import { FakeBrowser } from "./fakes.js";
import { ANSWER, Scene, rest } from "./scene.js";

test("what waits goes out from one tab, and both know that it has", async () => {
  const scene = new Scene();
  const first = await scene.tab();
  first.draft.value = "Patience";
  await first.send();
  const id = first.library.currentId.value;
  const second = await scene.tab();
  second.library.open(id);
  assert.equal(second.draft.value, "");

  scene.refusal = null;
  scene.browser.now += 5_000;
  await Promise.all([first.state.check(), second.state.check()]);
  await scene.rest();

  assert.deepEqual(scene.asked, ["Patience"]);
  for (const tab of [first, second]) {
    assert.equal(tab.conversation.value[0].answer.state, "done");
    assert.equal(tab.draft.value, "");
  }
});

test("a page that is gone leaves its answer interrupted, and a message that may have arrived unsent", async () => {
  const scene = new Scene();
  scene.refusal = null;
  const first = await scene.tab();
  await first.send("Hello");
  const kept = structuredClone([...scene.browser.stored.values()][0]);
  Object.assign(kept.exchanges[0].answer, { state: "waiting", accepted: false, text: "" });
  const other = new FakeBrowser();
  other.stored.set(kept.id, kept);
  scene.browser = other;

  const next = await scene.tab();
  next.library.open(kept.id);
  await next.state.check();
  await scene.rest();

  assert.equal(next.conversation.value[0].answer.failure?.code, "unconfirmed");
  assert.deepEqual(scene.asked, ["Hello"]);
});

test("rename, delete and undo are the same in every tab and in storage", async () => {
  const scene = new Scene();
  scene.refusal = null;
  const [first, second] = [await scene.tab(), await scene.tab()];
  await first.send("Hello");
  const id = first.library.currentId.value;

  await scene.rest();
  second.library.rename(id, " Mine ");
  await scene.rest();
  assert.equal(first.library.list.value[0].title, "Mine");
  second.library.open(id);
  second.draft.value = "half a thought";
  second.library.keepEdit(second.conversation.value[0].id, "half an edit");
  await second.library.remove(id);
  await scene.rest();
  for (const key of [id, `edit.${second.library.currentId.value}`]) assert.equal(scene.browser.items.getItem(`nexus.draft.${key}`), null);
  assert.deepEqual([first.library.count.value, second.library.count.value], [0, 0]);
  assert.deepEqual(first.conversation.value, []);
  second.library.undoRemove();
  await scene.rest();
  assert.equal(second.draft.value, "half a thought");
  assert.equal(second.library.editOf(second.conversation.value[0].id), "half an edit");
  assert.deepEqual([first.library.count.value, (await scene.tab()).library.count.value], [1, 1]);
});

test("storage that refuses changes nothing but that it is said", async () => {
  const scene = new Scene();
  scene.refusal = null;
  scene.browser.isRefusing = true;
  const session = await scene.tab();
  await session.send("Hello");

  assert.equal(session.library.store.isStorageRefused.value, true);
  assert.equal(session.conversation.value[0].answer.state, "done");
});

test("a second message waits behind the first, and a cancelled one becomes the draft", async () => {
  const scene = new Scene();
  scene.refusal = "offline";
  const session = await scene.tab();
  await session.send("One");
  scene.refusal = null;
  await session.send("Two");
  await session.send("Three");
  assert.deepEqual(session.conversation.value.map(({ answer }) => answer.state), ["queued", "queued", "queued"]);
  session.cancel(session.conversation.value[2].id);
  await session.edit(session.conversation.value[1].id, "Zwei");

  scene.browser.now += 5_000;
  await session.wake();

  assert.deepEqual(scene.asked, ["One", "Zwei"]);
  assert.equal(session.draft.value, "Three");
});

test("a question that is being edited stays open when the answer to another edit has come", async () => {
  const scene = new Scene();
  scene.refusal = null;
  const session = await scene.tab();
  await session.send("One");
  const asked = session.edit(session.conversation.value[0].id, "Uno");
  const { id } = session.conversation.value[0];
  session.editedId.value = id;

  await asked;

  assert.deepEqual(scene.asked, ["One", "Uno"]);
  assert.equal(session.editedId.value, id);
});

test("an edit that fails is undone from any tab, its words stay with the question, and a waiting one is undone by Cancel", async () => {
  const scene = new Scene();
  scene.refusal = null;
  const session = await scene.tab();
  await session.send("One");
  await session.send("Two");
  const before = session.conversation.value;
  const [{ id }] = before;

  scene.refusal = "network";
  await session.edit(id, "Uno");
  assert.equal(session.draft.value, "");
  const other = await scene.tab();
  other.library.open(session.library.currentId.value);
  other.undoVersion(other.conversation.value[0].id);
  await scene.rest();
  for (const tab of [session, other]) assert.deepEqual(tab.conversation.value, before);
  assert.equal(session.library.editOf(id), "Uno");

  scene.refusal = "offline";
  await session.edit(id, "Eins");
  assert.equal(session.conversation.value[0].answer.state, "queued");
  session.cancel(session.conversation.value[0].id);
  assert.deepEqual(session.conversation.value, before);
  assert.equal(session.library.editOf(id), "Eins");
  assert.deepEqual(scene.asked, ["One", "Two"]);
});

test("a deletion ends the request at once, in whichever tab, and undo gives back what had arrived", async () => {
  for (const isDeletedElsewhere of [false, true]) {
    const browser = new FakeBrowser();
    let isAborted = false;
    const session = new ChatSession(
      {
        async *ask(_, signal) {
          yield* ANSWER.slice(0, 2);
          await new Promise((resolve) => signal.addEventListener("abort", resolve));
          isAborted = true;
          yield { type: "stopped" };
        },
        check: async () => null,
      },
      browser.tab(),
    );
    const asking = session.send("Hi");
    while (!session.conversation.value[0]?.answer.text) await new Promise((resolve) => setImmediate(resolve));
    await session.library.store.keep(session.library.currentId.value);
    const other = browser.tab();
    await other.store.load();
    await rest();

    const { library } = isDeletedElsewhere ? { library: other } : session;
    library.remove(session.library.currentId.value);
    await asking;
    assert.ok(isAborted);
    await rest();
    library.undoRemove();
    await rest();

    const [kept] = session.library.store.all();
    assert.deepEqual([kept.exchanges[0].answer.state, kept.exchanges[0].answer.text], ["stopped", "Hello"]);
    assert.deepEqual([...other.store.all()], [kept]);
  }
});

test("what failed in one tab stays in the conversation when something else is sent from another", async () => {
  const scene = new Scene();
  scene.refusal = null;
  const first = await scene.tab();
  await first.send("Hello");
  const second = await scene.tab();
  second.library.open(first.library.currentId.value);
  scene.refusal = "network";
  first.draft.value = "Words that must not be lost";
  await first.send();
  await scene.rest();
  scene.refusal = null;
  await second.send("Something else");
  assert.deepEqual(second.conversation.value.map(({ question }) => question), ["Hello", "Words that must not be lost", "Something else"]);
});
