import assert from "node:assert/strict";
import { test } from "node:test";
import { DEVICE } from "../src/core/answer.js";
import { answers, onDevice, withDevice } from "./device_scene.js";
import { FakeLanguageModel, aborted } from "./fake_language_model.js";
import { Scene } from "./scene.js";

test("twenty questions while every model is exhausted bring twenty answers of this device, and no request", async () => {
  const { at, api, session, tries } = await onDevice();
  for (let number = 2; number <= 20; number++) {
    assert.equal(session.canAsk.value, true);
    await session.send(`Question ${number}`);
    await at.rest();
  }

  assert.equal(at.tries, tries);
  assert.equal(answers(session).length, 20);
  for (const { state, models, text } of answers(session)) {
    assert.deepEqual([state, models], ["done", [DEVICE]]);
    assert.match(text, /^Locally: /);
  }
  assert.equal(api.prompts.length, 20);
  assert.deepEqual(api.created.at(-1).initialPrompts.at(-1), { role: "assistant", content: "Locally: Question 19" });
});

test("nothing is created before the visitor says so, and the textbox stays shut", async () => {
  const at = new Scene();
  const api = new FakeLanguageModel();
  const session = await at.tab();
  await withDevice(session, api).look();
  await session.send("Hello");
  await at.rest();

  assert.deepEqual(api.created, []);
  assert.equal(session.canWrite.value, false);
  assert.equal(answers(session)[0].state, "queued");
});

test("a download can be cancelled, and what waits goes on waiting", async () => {
  const at = new Scene();
  const api = Object.assign(new FakeLanguageModel(), { state: /** @type {const} */ ("downloadable"), download: new Promise(() => {}) });
  const session = await at.tab();
  const device = withDevice(session, api);
  await session.send("Hello");
  await at.rest();

  const starting = device.start();
  await at.rest();
  assert.deepEqual([device.stage.value, device.progress.value], ["starting", 0.5]);
  await device.end();
  await starting;

  assert.deepEqual([device.stage.value, device.hasFailed.value, api.open], ["off", false, 0]);
  assert.equal(answers(session)[0].state, "queued");
});

test("a model that does not start is said once, and can be started again", async () => {
  const at = new Scene();
  const api = Object.assign(new FakeLanguageModel(), { state: /** @type {const} */ ("unavailable") });
  const session = await at.tab();
  const device = withDevice(session, api);
  await device.start();

  assert.deepEqual([device.stage.value, device.hasFailed.value], ["off", true]);
  assert.match(session.announcement.value, /did not start/);
  Object.assign(api, { state: "available" });
  await device.start();
  assert.deepEqual([device.stage.value, device.hasFailed.value], ["on", false]);
});

test("a question that is being rewritten, or waits in another conversation, is not answered here", async () => {
  const at = new Scene();
  const api = new FakeLanguageModel();
  const session = await at.tab();
  await session.send("Elsewhere");
  await at.rest();
  const elsewhere = session.library.currentId.value;
  session.newChat();
  session.state.availability.value = { status: "operational", retryAt: null };
  await session.send("Here");
  await at.rest();
  const [{ id }] = session.conversation.value;
  session.editedId.value = id;
  await withDevice(session, api).start();
  await at.rest();
  assert.deepEqual(api.prompts, []);

  await session.edit(id, "Here, in other words");
  await at.rest();
  assert.deepEqual(api.prompts, ["Here, in other words"]);
  assert.equal(session.library.store.get(elsewhere)?.exchanges[0].answer.state, "queued");
});

test("Stop ends an answer of this device, and its text stays", async () => {
  const api = new FakeLanguageModel();
  api.answer = async function* (_, signal) {
    yield "Well, ";
    await aborted(signal);
  };
  const { at, session } = await onDevice({ api });
  session.stop();
  await at.rest();

  assert.deepEqual(answers(session).map(({ state, text }) => [state, text]), [["stopped", "Well, "]]);
});
