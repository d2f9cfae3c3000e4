import assert from "node:assert/strict";
import { test } from "node:test";
import { deviceLanguages, deviceMessages } from "../src/core/device.js";
import { DeviceModel } from "../src/edge/device_model.js";
import { FakeLanguageModel, aborted } from "./fake_language_model.js";

/** @typedef {import("../src/core/conversation.js").Message} Message */

const HELLO = /** @type {Message[]} */ ([{ role: "user", content: "Hello" }]);

/** @param {FakeLanguageModel} api @param {Message[]} [messages] @param {AbortSignal} [signal] */
async function events(api, messages = HELLO, signal = new AbortController().signal) {
  const all = [];
  for await (const event of new DeviceModel(api, ["en"]).ask(messages, signal)) all.push(event);
  return all;
}

/** @param {() => unknown} fail */
const failing = (fail) =>
  Object.assign(new FakeLanguageModel(), {
    answer: function* () {
      yield "Well, ";
      throw fail();
    },
  });

test("it is asked for the visitor's languages that it can write, and for English where there is none", () => {
  assert.deepEqual(deviceLanguages(["de-AT", "en-US", "de"]), ["en", "de"]);
  assert.deepEqual(deviceLanguages(["ja"]), ["ja"]);
  assert.deepEqual(deviceLanguages(["ko-KR", "sv"]), ["en"]);
  assert.deepEqual(deviceLanguages([]), ["en"]);
});

test("it is given the newest of a conversation that fits, and the question in any case", () => {
  const long = "x".repeat(4_000);
  const turns = ["one", "two", long].flatMap((content) => /** @type {Message[]} */ ([{ role: "user", content }, { role: "assistant", content: "Yes" }]));
  const question = /** @type {Message} */ ({ role: "user", content: "And now?" });

  assert.deepEqual(deviceMessages([...turns, question]), [...turns, question]);
  assert.deepEqual(deviceMessages([...turns, { ...question, content: long }]), [{ ...question, content: long }]);
});

test("availability is the browser's word, in English where it does not know the visitor's language, and none where it refuses", async () => {
  const api = new FakeLanguageModel();
  const model = new DeviceModel(api, ["de"]);
  for (const state of /** @type {const} */ (["downloadable", "downloading", "available", "unavailable"])) {
    api.state = state;
    assert.equal(await model.availability(), state);
  }

  api.state = "available";
  api.languages = ["en"];
  const german = new DeviceModel(api, ["de"]);
  assert.equal(await german.availability(), "available");
  assert.deepEqual(german.languages, ["en"]);

  api.availability = async () => {
    throw new DOMException("", "InvalidStateError");
  };
  assert.equal(await model.availability(), "unavailable");
  assert.deepEqual(api.created, []);
});

test("loading tells of the download, and a refusal is a value", async () => {
  const api = new FakeLanguageModel();
  const model = new DeviceModel(api, ["fr"]);
  const shares = /** @type {number[]} */ ([]);

  assert.equal(await model.load(new AbortController().signal, (share) => shares.push(share)), true);
  assert.deepEqual(shares, [0, 0.5, 1]);
  assert.deepEqual(api.created[0].expectedOutputs, [{ type: "text", languages: ["fr"] }]);
  assert.deepEqual(api.created[0].expectedInputs, [{ type: "text", languages: ["en", "fr"] }]);
  model.unload();
  assert.equal(api.open, 0);

  api.state = "unavailable";
  assert.equal(await model.load(new AbortController().signal, () => {}), false);
});

test("an answer is text as it comes, told from what was said before, and its session is closed", async () => {
  const api = new FakeLanguageModel();
  const before = /** @type {Message[]} */ ([{ role: "user", content: "One" }, { role: "assistant", content: "Two" }]);

  assert.deepEqual(await events(api, [...before, ...HELLO]), [
    { type: "accepted" },
    { type: "text", text: "Locally: " },
    { type: "text", text: "Hello" },
    { type: "finished", reason: "stop" },
  ]);
  assert.deepEqual(api.created[0].initialPrompts.slice(1), before);
  assert.equal(api.created[0].initialPrompts[0].role, "system");
  assert.equal(api.open, 0);
});

test("whatever goes wrong ends the answer with a reason, and closes the session", async () => {
  const codes = [];
  for (const name of ["QuotaExceededError", "OperationError", "NotReadableError"]) {
    const api = failing(() => new DOMException("", name));
    const all = await events(api);
    codes.push(/** @type {any} */ (all.at(-1)).failure.code);
    assert.equal(api.open, 0);
  }
  assert.deepEqual(codes, ["device_too_long", "device_failed", "device_failed"]);

  const silent = Object.assign(new FakeLanguageModel(), { answer: () => ["", null, { type: "thought" }] });
  assert.deepEqual((await events(silent)).map(({ type }) => type), ["failed"]);

  const gone = Object.assign(new FakeLanguageModel(), { state: /** @type {const} */ ("unavailable") });
  assert.deepEqual((await events(gone)).map(({ type }) => type), ["failed"]);
});

test("a visitor who stops it has stopped it", async () => {
  const stop = new AbortController();
  const api = new FakeLanguageModel();
  api.answer = async function* (_, signal) {
    yield "Well";
    stop.abort();
    await aborted(signal);
  };

  assert.deepEqual((await events(api, HELLO, stop.signal)).map(({ type }) => type), ["accepted", "text", "stopped"]);
  assert.equal(api.open, 0);
});
