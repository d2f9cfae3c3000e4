import assert from "node:assert/strict";
import { test } from "node:test";
import { Attachments } from "../src/app/attachments.js";
import { addWithTexts, textsIn } from "../src/app/attached_texts.js";
import { asJson, asMarkdown, fromFile } from "../src/core/archive.js";
import { MOST_BYTES, MOST_CHARACTERS, MOST_FILES } from "../src/core/attachments.js";
import { fileWords } from "./english.js";
import { Scene, rest } from "./scene.js";

const bytes = (/** @type {string} */ text) => new TextEncoder().encode(text);

/** @param {string} name @param {string | Uint8Array} content */
function file(name, content) {
  const data = typeof content === "string" ? bytes(content) : content;
  return { name, size: data.length, arrayBuffer: async () => /** @type {ArrayBuffer} */ (data.buffer.slice(data.byteOffset, data.byteOffset + data.length)) };
}

/** What IndexedDB does, for all tabs. */
class FakeContents {
  stored = /** @type {Map<string, import("../src/edge/attachment_storage.js").Content>} */ (new Map());
  reads = 0;
  read = async (/** @type {string[]} */ ids) => ((this.reads += 1), ids.map((id) => this.stored.get(id)));
  write = async (/** @type {[string, any][]} */ contents) => (contents.forEach(([id, content]) => this.stored.set(id, content)), true);
  remove = async (/** @type {string[]} */ ids) => (ids.forEach((id) => this.stored.delete(id)), true);
  list = async () => [...this.stored].map(([id, { at }]) => ({ id, at }));
}

/** A tab that can attach files. @param {Scene} scene @param {FakeContents} contents */
async function tab(scene, contents) {
  const chat = await scene.tab({ items: scene.browser.items });
  const attachments = new Attachments(chat.library, contents);
  chat.library.attachments = async () => attachments;
  return { chat, attachments };
}

function online() {
  const scene = new Scene();
  scene.refusal = null;
  return scene;
}

test("too many files, too long ones and unreadable ones are refused, and the others are attached", async () => {
  const { chat, attachments } = await tab(online(), new FakeContents());
  const unread = { name: "huge.txt", size: MOST_BYTES + 1, arrayBuffer: async () => assert.fail("it was read") };
  const folder = { name: "folder", size: 1, arrayBuffer: () => Promise.reject(new DOMException("", "NotReadableError")) };
  await attachments.add([file("a.txt", "a"), unread, folder, file("long.txt", "x".repeat(MOST_CHARACTERS))]);

  assert.deepEqual(chat.library.attached.value.map(({ name, characters }) => [name, characters]), [["a.txt", 1]]);
  assert.deepEqual(attachments.refusals.value.map(({ refusal }) => refusal), ["too_large", "unreadable", "too_large"]);
  await attachments.add(Array.from({ length: MOST_FILES }, (_, index) => file(`${index}.txt`, "b")));
  assert.equal(chat.library.attached.value.length, MOST_FILES);
  assert.deepEqual(attachments.refusals.value.map(({ refusal }) => refusal), ["too_many"]);
});

test("what is attached is sent with its question, and again with every later one", async () => {
  const scene = online();
  const contents = new FakeContents();
  const { chat, attachments } = await tab(scene, contents);
  await attachments.add([file("a.csv", "1,2")]);
  chat.draft.value = "Why?";
  await chat.send();
  await chat.send("And?");

  assert.equal(scene.asked[0], "Why?\n\na.csv:\n```csv\n1,2\n```");
  assert.equal(scene.requests[1][0].content, scene.asked[0]);
  assert.deepEqual(chat.library.attached.value, []);
  assert.equal(chat.conversation.value[0].question, "Why?");
  const [stored] = scene.browser.stored.values();
  assert.ok(!JSON.stringify(stored).includes("1,2"), "contents are not in the conversation");
});

test("files without a word are not sent, and the visitor is told what is missing", async () => {
  const scene = online();
  const { chat, attachments } = await tab(scene, new FakeContents());
  chat.draft.value = " \n";
  await chat.send();
  assert.equal(chat.announcement.value, "");

  await attachments.add([file("a.csv", "1,2")]);
  await chat.send();
  assert.equal(chat.announcement.value, "Write what you want to know about it.");
  assert.equal(scene.asked.length, 0);
});

test("attached files survive a reload, a refusal, a wait, an edit and a message that is taken back", async () => {
  const scene = online();
  const contents = new FakeContents();
  const before = await tab(scene, contents);
  await before.attachments.add([file("a.txt", "one")]);
  before.chat.draft.value = "Why?";

  const { chat } = await tab(scene, contents);
  assert.deepEqual(chat.library.attached.value.map(({ name }) => name), ["a.txt"]);
  scene.refusal = "network";
  await chat.send();
  assert.equal(chat.library.attached.value.length, 1);

  scene.refusal = "offline";
  await chat.send();
  assert.equal(chat.conversation.value[0].answer.state, "queued");
  assert.deepEqual(chat.library.attached.value, []);
  chat.cancel(chat.conversation.value[0].id);
  assert.deepEqual([chat.draft.value, chat.library.attached.value.length], ["Why?", 1]);

  scene.refusal = null;
  await chat.send();
  await chat.edit(chat.conversation.value[0].id, "How?");
  assert.equal(scene.asked.at(-1), "How?\n\na.txt:\n```txt\none\n```");
});

test("another tab sends what waited with its files, which it reads from storage", async () => {
  const scene = online();
  const contents = new FakeContents();
  const first = await tab(scene, contents);
  scene.isOnline = false;
  scene.refusal = "offline";
  await first.attachments.add([file("a.txt", "one")]);
  first.chat.draft.value = "Why?";
  await first.chat.send();
  scene.browser.kill("tab 0");

  const second = await tab(scene, contents);
  [scene.isOnline, scene.refusal] = [true, null];
  scene.browser.now += 5_000;
  await second.chat.wake();
  await rest();
  assert.match(scene.asked[0], /one/);
});

test("contents go with their conversation and come back with it, and those that nobody needs go after a month", async () => {
  const scene = online();
  const contents = new FakeContents();
  const { chat, attachments } = await tab(scene, contents);
  await attachments.add([file("a.txt", "one")]);
  chat.draft.value = "Why?";
  await chat.send();
  await chat.library.remove(chat.library.currentId.value);
  await rest();
  assert.equal(contents.stored.size, 0);

  chat.library.undoRemove();
  await rest();
  assert.deepEqual([...contents.stored.values()].map(({ text }) => text), ["one"]);

  await attachments.add([file("b.txt", "two")]); // to a draft that is left
  chat.library.begin();
  contents.stored.set("of nobody", { text: "x", at: scene.browser.now });
  scene.browser.now += 31 * 86_400_000;
  scene.browser.isRefusing = true;
  await (await tab(scene, contents)).attachments.removeUnused();
  assert.equal(contents.stored.size, 3);
  scene.browser.isRefusing = false;
  await (await tab(scene, contents)).attachments.removeUnused();
  assert.deepEqual([...contents.stored.values()].map(({ text }) => text), ["one", "two"]);
});

test("export and import carry them, in both forms, to the letter", async () => {
  const scene = online();
  const { chat, attachments } = await tab(scene, new FakeContents());
  const text = "a\r\n<!-- nexus:answer-end -->\n```\n";
  await attachments.add([file("a <b> --> c.csv", text), file("b", "two")]);
  chat.draft.value = "Why?";
  await chat.send();
  const all = chat.library.store.all();
  const texts = await textsIn(chat.library, all);

  for (const exported of [asJson(all, 1_000, texts), asMarkdown(all, fileWords(), texts)]) {
    const other = await tab(online(), new FakeContents());
    const reading = fromFile(exported, other.chat.library.newId);
    assert.ok("texts" in reading);
    assert.equal((await addWithTexts(other.chat.library, reading)).added, 1);
    const [{ exchanges }] = other.chat.library.store.all();
    const found = await textsIn(other.chat.library, other.chat.library.store.all());
    const files = exchanges[0].attachments?.map(({ id, name, characters }) => [name, characters, found.get(id)]);
    assert.deepEqual(files, [["a <b> --> c.csv", text.length, text], ["b", 3, "two"]]);
  }
});

test("files with too much attached, or with something else, are refused", async () => {
  const scene = online();
  const { chat, attachments } = await tab(scene, new FakeContents());
  await attachments.add([file("a", "one")]);
  chat.draft.value = "Why?";
  await chat.send();
  const all = chat.library.store.all();
  const good = asJson(all, 1_000, await textsIn(chat.library, all));
  const changes = /** @type {((attachments: any[]) => void)[]} */ ([
    (files) => (files[0].name = {}),
    (files) => (files[0].text = 5),
    (files) => (files[0].text = "x".repeat(MOST_CHARACTERS + 1)),
    (files) => files.push(...Array(MOST_FILES).fill(files[0])),
    (files) => files.push({ name: "b", text: "x".repeat(MOST_CHARACTERS) }),
    (files) => files.push(null),
  ]);
  for (const change of changes) {
    const parsed = JSON.parse(good);
    change(parsed.conversations[0].exchanges[0].attachments);
    assert.ok("problem" in fromFile(JSON.stringify(parsed), () => "new"), change.toString());
  }
});
