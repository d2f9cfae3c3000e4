/** The offer of answers from this device, its download, and the way to end them. */

import { listOfLanguages, percent } from "../words/device.js";
import { filled } from "../words/filled.js";
import { words } from "../words/words.js";
import { html } from "./html.js";

/** @typedef {import("../app/device_answers.js").DeviceAnswers} DeviceAnswers */

/** @param {{ device: DeviceAnswers, box: import("preact").RefObject<HTMLElement> }} props  `box` takes the focus of buttons that go */
export function DeviceOffer({ device, box }) {
  const stage = device.stage.value;
  const needsDownload = device.availability.value !== "available";
  /** @param {() => void} act */
  const acting = (act) => (/** @type {MouseEvent} */ event) => {
    // another button comes up in its place: the second click of a double click is not meant for that
    if (event.detail > 1) return;
    box.current?.focus({ preventScroll: true });
    act();
  };

  if (stage === "on") return html`<button type="button" class="quiet" onClick=${acting(() => device.end())}>${words.DEVICE_END}</button>`;
  if (stage === "starting") {
    const progress = device.progress.value;
    const isDownloading = needsDownload && progress < 1;
    const sentence = isDownloading ? filled(words.DEVICE_DOWNLOADED, { share: percent(progress) }) : words.DEVICE_STARTING;
    return html`<div class="device">
      <p id="device-progress">${sentence}</p>
      <progress aria-labelledby="device-progress" value=${isDownloading ? progress : undefined}></progress>
      <button type="button" class="quiet" onClick=${acting(() => device.end())}>${words.CANCEL}</button>
    </div>`;
  }
  if (device.availability.value === "unavailable") return null;
  const offer = filled(words.DEVICE_OFFER, { languages: listOfLanguages(device.languages) });
  return html`<div class="device">
    <p>
      ${device.hasFailed.value && html`<strong>${words.DEVICE_NOT_STARTED}</strong> `}
      ${offer} ${words.DEVICE_DOWNLOAD[device.availability.value]}
    </p>
    <button type="button" class="quiet" onClick=${acting(() => device.start())}>
      ${device.availability.value === "downloadable" ? words.DEVICE_DOWNLOAD_AND_START : words.DEVICE_START}
    </button>
  </div>`;
}
