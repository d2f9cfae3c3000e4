/** A browser with a language model of its own, beside a service that has none. */

import { DeviceAnswers } from "../src/app/device_answers.js";
import { DeviceModel } from "../src/edge/device_model.js";
import { FakeLanguageModel } from "./fake_language_model.js";
import { FakeStorage } from "./fakes.js";
import { Scene } from "./scene.js";

/** @typedef {import("../src/app/chat_session.js").ChatSession} ChatSession */

/** @param {ChatSession} session @param {FakeLanguageModel} api */
export function withDevice(session, api) {
  const device = new DeviceAnswers(new DeviceModel(api, ["en"]), (words) => session.announce(words));
  session.device.value = device;
  return device;
}

/** A tab in which one question waits, because every model is exhausted; its visitor has turned the device on. */
export async function onDevice({ at = new Scene(), api = new FakeLanguageModel(), question = "First" } = {}) {
  const session = await at.tab({ name: "first", items: new FakeStorage() });
  const device = withDevice(session, api);
  await device.look();
  await session.send(question);
  await at.rest();
  const { tries } = at;
  await device.start();
  await at.rest();
  return { at, api, session, device, tries };
}

/** @param {ChatSession} session */
export const answers = (session) => session.conversation.value.map(({ answer }) => answer);

/** @param {Scene} at */
export async function serviceIsBack(at, /** @type {ChatSession} */ session) {
  at.refusal = null;
  at.browser.now += 5_000;
  await session.state.check();
  await at.rest();
}
