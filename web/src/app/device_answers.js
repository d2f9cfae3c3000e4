/**
 * Answers from the model of the visitor's browser, while the service has none.
 *
 * The visitor turns them on, and nothing is downloaded before. They end when the service is back.
 */

import { signal } from "@preact/signals";
import { words } from "../words/words.js";

/** @typedef {import("../edge/device_model.js").DeviceModel} DeviceModel */

export class DeviceAnswers {
  availability = signal(/** @type {import("../core/device.js").DeviceAvailability} */ ("unavailable"));
  stage = signal(/** @type {"off" | "starting" | "on"} */ ("off"));
  hasFailed = signal(false);
  /** Of the download, from 0 to 1. */
  progress = signal(0);

  #model;
  #announce;
  #cancel = new AbortController();

  /**
   * @param {Pick<DeviceModel, "languages" | "availability" | "load" | "unload" | "ask">} model
   * @param {(words: string) => void} announce
   */
  constructor(model, announce) {
    this.#model = model;
    this.#announce = announce;
  }

  get languages() {
    return this.#model.languages;
  }

  // Actions

  /** Asks the browser what it has. */
  async look() {
    this.availability.value = await this.#model.availability();
  }

  /** To be called when the visitor clicks: the browser downloads nothing otherwise. */
  async start() {
    const { signal } = (this.#cancel = new AbortController());
    this.stage.value = "starting";
    this.hasFailed.value = false;
    this.progress.value = 0;
    const isLoaded = await this.#model.load(signal, (share) => (this.progress.value = share));
    if (signal.aborted) return this.#model.unload();
    this.stage.value = isLoaded ? "on" : "off";
    this.hasFailed.value = !isLoaded;
    this.#announce(isLoaded ? words.DEVICE_IS_ON : words.DEVICE_NOT_STARTED);
    if (!isLoaded) await this.look();
  }

  /** Cancels the start, or ends what has been started; an answer that is coming in is not cut off. */
  async end() {
    this.#cancel.abort();
    this.#model.unload();
    this.stage.value = "off";
    await this.look(); // a download may go on all the same, which is up to the browser
  }

  /** @type {DeviceModel["ask"]} */
  ask(messages, signal) {
    return this.#model.ask(messages, signal);
  }
}
