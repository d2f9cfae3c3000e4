import assert from "node:assert/strict";
import { test } from "node:test";
import { openVersion } from "../src/app/open_version.js";
import { DEVICE } from "../src/core/answer.js";
import { asJson, asMarkdown, fromFile } from "../src/core/archive.js";
import { fileWords } from "./english.js";
import { answers, onDevice, serviceIsBack, withDevice } from "./device_scene.js";
import { FakeLanguageModel, aborted } from "./fake_language_model.js";
import { Scene } from "./scene.js";

test("what this device cannot answer waits for the service, is not tried here again, and keeps nobody up", async () => {
  const api = new FakeLanguageModel();
  api.answer = function* (prompt) {
    if (prompt === "First") throw new DOMException("", "QuotaExceededError");
    yield "Yes";
  };
  const { at, session, tries } = await onDevice({ api });
  await session.send("Second");
  await at.rest();

  assert.deepEqual(answers(session).map(({ state, failure }) => [state, failure?.code]), [["queued", "device_too_long"], ["done", undefined]]);
  assert.deepEqual([api.prompts, at.tries], [["First", "Second"], tries]);
  await serviceIsBack(at, session);
  assert.deepEqual(at.asked, ["First"]);
});

test("an answer that a reload cuts off is shown as broken off, and sent nowhere, also when the service is back", async () => {
  for (const said of [[], ["Well, "]]) {
    const api = new FakeLanguageModel();
    api.answer = async function* (_, signal) {
      yield* said;
      await aborted(signal);
    };
    const { at, session } = await onDevice({ api });
    await session.library.store.keep(session.library.currentId.value);
    at.browser.kill("first");
    const back = await at.tab({ name: "first" });
    await at.rest();
    await serviceIsBack(at, back);

    const [{ answer }] = back.library.store.all()[0].exchanges;
    assert.deepEqual([answer.state, answer.failure?.code, answer.text], ["failed", "device_interrupted", said.join("")]);
    assert.deepEqual(at.asked, []);
  }
});

test("this device ends with the outage: the next question goes to the service", async () => {
  const { at, session } = await onDevice();
  await serviceIsBack(at, session);
  assert.equal(session.isOnDevice.value, false);
  await session.send("Second");
  await at.rest();

  assert.deepEqual(at.asked, ["Second"]);
  assert.deepEqual(at.requests[0].map(({ content }) => content), ["First", "Locally: First", "Second"]);
});

test("Try again brings an answer of the service beside any of this device, and only then", async () => {
  const { at, session } = await onDevice();
  await session.send("Second");
  await at.rest();
  const [{ id }] = session.conversation.value;
  await session.retry(id);
  assert.deepEqual(at.asked, []);

  await serviceIsBack(at, session);
  await session.retry(id);
  assert.deepEqual(at.asked, ["First"]);
  assert.deepEqual(answers(session).map(({ text }) => text), ["Hello"]);
  openVersion(session.library, session.conversation.value[0].id, 0);
  assert.deepEqual(answers(session).map(({ text }) => text), ["Locally: First", "Locally: Second"]);
});

test("an answer of this device is there again where the service brings no better one", async () => {
  const { at, session } = await onDevice();
  const before = session.conversation.value;
  await serviceIsBack(at, session);
  for (const code of ["network", "models_exhausted"]) {
    at.refusal = code;
    await session.retry();
    assert.equal(answers(session)[0].text, "");
    session.cancel(session.conversation.value[0].id);
    assert.deepEqual(session.conversation.value, before);
    await serviceIsBack(at, session);
  }
});

test("two tabs that both use this device answer a question once, and one that does not shows it", async () => {
  const at = new Scene();
  const api = new FakeLanguageModel();
  const { session } = await onDevice({ at, api });
  const [other, third] = [await at.tab(), await at.tab()];
  for (const tab of [other, third]) tab.library.open(session.library.currentId.value);
  for (const tab of [other, third]) tab.state.refuse({ code: "models_exhausted", retryAt: null, requestId: null }, false);
  await withDevice(other, api).start();
  await session.send("Second");
  await at.rest();

  assert.deepEqual(api.prompts, ["First", "Second"]);
  for (const tab of [session, other, third]) assert.deepEqual(answers(tab).map(({ state }) => state), ["done", "done"]);
  assert.equal(third.canWrite.value, false);
});

test("files keep that an answer is of this device", async () => {
  const { at, session } = await onDevice();
  const all = session.library.store.all();
  for (const file of [asJson(all, at.browser.now), asMarkdown(all, fileWords())]) {
    const reading = /** @type {any} */ (fromFile(file, () => "new"));
    assert.deepEqual(reading.conversations[0].exchanges[0].answer.models, [DEVICE]);
  }
});

test("a slow answer of this device holds up no message that waits in another conversation", async () => {
  const at = new Scene();
  const elsewhere = await at.tab();
  await elsewhere.send("Elsewhere");
  const api = new FakeLanguageModel();
  api.answer = (_, signal) => ({ [Symbol.asyncIterator]: () => ({ next: () => aborted(signal) }) });
  const { session } = await onDevice({ at, api });
  assert.equal(answers(session)[0].state, "waiting");
  await serviceIsBack(at, session);

  assert.deepEqual(at.asked, ["Elsewhere"]);
});
