import assert from "node:assert/strict";
import { test } from "node:test";
import { Drafts } from "../src/edge/drafts.js";
import { loadConfig } from "../src/edge/config.js";
import { Locks } from "../src/edge/locks.js";
import { WebStorage } from "../src/edge/web_storage.js";
import { openChannel } from "../src/edge/channel.js";
import { askChat } from "../src/edge/chat_client.js";
import { FakeLocks } from "./fakes.js";
import { Scene } from "./scene.js";

const refuse = () => {
  throw new DOMException("blocked", "SecurityError");
};

test("a browser that refuses its storages keeps words as long as the page, and the refusal is no error", () => {
  const storage = new WebStorage(refuse);
  assert.deepEqual([storage.read("x"), storage.write("x", "words"), storage.write("x", "")], [null, false, false]);

  const drafts = new Drafts(storage, storage);
  drafts.write("new", "half a thought");
  assert.equal(drafts.read("new"), "half a thought");
  drafts.write("new", "");
  assert.equal(drafts.read("new"), "");
});

test("where there is no room for new words no older ones stay", () => {
  const items = new Map([["x", "old"]]);
  const full = /** @type {any} */ ({ removeItem: (/** @type {string} */ key) => items.delete(key), setItem: refuse });

  assert.equal(new WebStorage(() => full).write("x", "new"), false);
  assert.equal(items.size, 0);
});

test("work that wanted a lock is done without where locks are refused, once, and its own errors are its own", async () => {
  const refusing = new Locks(/** @type {any} */ ({ request: async () => refuse() }));
  assert.equal(refusing.areGranted, true);
  assert.deepEqual([await refusing.withLock("a", async (isLocked) => isLocked), await refusing.tryLock("a", async (isLocked) => isLocked)], [false, false]);
  assert.equal(refusing.areGranted, false);

  const granting = new Locks(new FakeLocks().managerOf("tab"));
  let times = 0;
  const failing = async () => {
    times += 1;
    throw new Error("a bug");
  };
  await assert.rejects(granting.withLock("a", failing), /a bug/);
  assert.deepEqual([times, granting.areGranted], [1, true]);
  assert.equal(await granting.tryLock("a", () => granting.tryLock("a", async () => "held")), undefined);
  assert.equal(await granting.withLock("a", () => granting.withLock("a", async (isLocked) => isLocked, { timeoutMs: 1 })), false);
});

test("without channels, and where one refuses, nobody is told and nothing breaks", () => {
  const original = globalThis.BroadcastChannel;
  try {
    for (const broken of [undefined, class { constructor() { refuse(); } }, class { postMessage = refuse; addEventListener() {} }]) {
      globalThis.BroadcastChannel = /** @type {any} */ (broken);
      const channel = openChannel("x");
      channel.listen(() => assert.fail());
      channel.tell("hello");
    }
  } finally {
    globalThis.BroadcastChannel = original;
  }
});

test("a configuration that never comes leaves the defaults, and the answer can be stopped meanwhile", async () => {
  /** @param {any} _url @param {RequestInit} [init] @returns {Promise<Response>} */
  const stalled = (_url, init) => new Promise((_, reject) => init?.signal?.addEventListener("abort", () => reject(init.signal?.reason)));
  const deadline = new AbortController();
  const loading = loadConfig("https://web.example/", stalled, deadline.signal);
  deadline.abort();
  assert.equal((await loading).availabilityUrl, "https://web.example/api/check-availability");

  const visitor = new AbortController();
  const asking = askChat({ url: new Promise(() => {}), messages: [], signal: visitor.signal, fetch: () => assert.fail() });
  const first = asking.next();
  visitor.abort();
  assert.deepEqual((await first).value, { type: "stopped" });
  assert.equal((await asking.next()).done, true);
});

test("storage that takes things again is believed, and what the page had meanwhile is stored", async () => {
  const scene = new Scene();
  scene.refusal = null;
  const session = await scene.tab();
  scene.browser.isRefusing = true;
  await session.send("One");
  assert.equal(session.library.store.isStorageRefused.value, true);

  scene.browser.isRefusing = false;
  await session.send("Two");
  await scene.rest();

  assert.equal(session.library.store.isStorageRefused.value, false);
  assert.equal((await scene.tab()).library.store.all()[0].exchanges.length, 2);
});

test("without locks another tab shows an answer as it comes in, and ends nothing", async () => {
  const scene = new Scene();
  scene.refusal = null;
  scene.browser.hasLocks = false;
  let finish = () => {};
  scene.answer = async function* () {
    yield /** @type {const} */ ({ type: "accepted" });
    yield { type: "text", text: "Hel" };
    await new Promise((resolve) => (finish = () => resolve(undefined)));
    yield { type: "text", text: "lo" };
    yield { type: "finished", reason: "stop" };
  };
  const [first, second] = [await scene.tab(), await scene.tab()];
  const states = new Set();
  const sending = first.send("Hello");
  for (let turn = 0; turn < 20; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    for (const { exchanges } of second.library.store.all()) states.add(exchanges[0].answer.state);
  }
  finish();
  await sending;
  await scene.rest();

  assert.ok(!states.has("failed") && states.has("streaming"));
  for (const tab of [first, second]) assert.deepEqual(tab.library.store.all()[0].exchanges[0].answer.text, "Hello");
  assert.equal(scene.tries, 1);
});
