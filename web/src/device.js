/** What is loaded only where the browser has a language model of its own, and only while the service has none. */

import { effect } from "@preact/signals";
import { h } from "preact";
import { DeviceAnswers } from "./app/device_answers.js";
import { DeviceModel } from "./edge/device_model.js";
import { DeviceOffer } from "./page/device_offer.js";

/**
 * @param {import("./app/chat_session.js").ChatSession} session
 * @returns {NonNullable<import("./page/notices.js").DeviceOfferSlot["value"]>}
 */
export function deviceOfferFor(session) {
  const device = new DeviceAnswers(new DeviceModel(), (words) => session.announce(words));
  session.device.value = device;
  effect(() => void (session.isDown.value ? device.look() : device.end()));
  return ({ box }) => h(DeviceOffer, { device, box });
}
