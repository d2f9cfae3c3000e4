import assert from "node:assert/strict";
import { test } from "node:test";
import { Attachments } from "../src/app/attachments.js";
import { FakeStorage } from "./fakes.js";
import { Scene, rest } from "./scene.js";

/** @typedef {import("../src/edge/attachment_storage.js").Content} Content */

/** A tab that can attach files, whose contents are kept for all tabs. @param {Scene} scene @param {Map<string, Content>} stored @param {FakeStorage} [items] */
async function tab(scene, stored, items = new FakeStorage()) {
  const chat = await scene.tab({ items });
  const attachments = new Attachments(chat.library, {
    read: async (ids) => ids.map((id) => stored.get(id)),
    write: async (contents) => (contents.forEach(([id, content]) => stored.set(id, content)), true),
    remove: async (ids) => (ids.forEach((id) => stored.delete(id)), true),
    list: async () => [...stored].map(([id, { at }]) => ({ id, at })),
  });
  chat.library.attachments = async () => attachments;
  return { chat, attachments, items };
}

/** @param {string} name @param {string} text */
function file(name, text) {
  const data = new TextEncoder().encode(text);
  return { name, size: data.length, arrayBuffer: async () => /** @type {ArrayBuffer} */ (data.buffer.slice(data.byteOffset, data.byteOffset + data.length)) };
}

test("a draft comes back without the files that another tab has attached to its own", async () => {
  const scene = new Scene();
  const stored = new Map();
  const first = await tab(scene, stored);
  first.chat.draft.value = "Words of the first";
  const second = await tab(scene, stored);
  second.chat.draft.value = "Words of the second";
  await second.attachments.add([file("secret.txt", "secret")]);

  const { chat } = await tab(scene, stored, first.items);
  assert.deepEqual([chat.draft.value, chat.library.attached.value], ["Words of the first", []]);
});

test("a draft that was taken over stays as it is, whatever the other tab writes then", async () => {
  const scene = new Scene();
  const first = await tab(scene, new Map());
  first.chat.draft.value = "Begun";
  const second = await tab(scene, new Map());
  assert.equal(second.chat.draft.value, "Begun");
  first.chat.draft.value = "Begun, and gone on with";

  assert.equal((await tab(scene, new Map(), second.items)).chat.draft.value, "Begun");
});

test("a draft keeps its files, contents and all, when another tab deletes the conversation", async () => {
  const scene = new Scene();
  scene.refusal = "network";
  const stored = new Map();
  const [first, second] = [await tab(scene, stored), await tab(scene, stored)];
  await second.attachments.add([file("data.txt", "one two three")]);
  second.chat.draft.value = "Sum up";
  await second.chat.send();
  await rest();

  await first.chat.library.remove(second.chat.library.currentId.value);
  await rest();
  const again = await tab(scene, stored, second.items);
  assert.equal(again.chat.draft.value, "Sum up");
  scene.refusal = null;
  await again.chat.send();
  assert.match(scene.asked[0], /one two three/);
});

test("a file that was not sent stays, with its words, when another tab sends the same words without it", async () => {
  const scene = new Scene();
  scene.refusal = null;
  const stored = new Map();
  const [first, second] = [await tab(scene, stored), await tab(scene, stored)];
  await first.chat.send("First");
  await rest();
  second.chat.library.open(first.chat.library.currentId.value);
  await second.attachments.add([file("mine.txt", "mine")]);
  second.chat.draft.value = "Explain this";

  first.chat.draft.value = "Explain this";
  await first.chat.send();
  await rest();
  assert.deepEqual([first.chat.draft.value, second.chat.draft.value, second.chat.library.attached.value.length], ["", "Explain this", 1]);
});
