/**
 * The language model of the visitor's browser: https://webmachinelearning.github.io/prompt-api/
 *
 * No request leaves the page. Every refusal of the browser is a value.
 */

import { deviceLanguages, deviceMessages } from "../core/device.js";
import { failureOf } from "../core/failure.js";
import { DEVICE_INSTRUCTION } from "../words/for_models.js";

/** @typedef {import("../core/answer.js").AnswerEvent} AnswerEvent */
/** @typedef {import("../core/conversation.js").Message} Message */
/** @typedef {import("../core/device.js").DeviceAvailability} DeviceAvailability */

/**
 * The Prompt API, as far as it is used here: TypeScript does not know it yet.
 * @typedef {object} LanguageModelApi
 * @property {(options: object) => Promise<DeviceAvailability>} availability
 * @property {(options: object) => Promise<LanguageModelSession>} create
 */

/**
 * @typedef {object} LanguageModelSession
 * @property {(input: string, options: { signal: AbortSignal }) => ReadableStream<string>} promptStreaming
 * @property {() => void} destroy
 */

export class DeviceModel {
  #api;
  /** What it is expected to write in. */
  languages;
  /** Keeps the model loaded between answers. */
  #kept = /** @type {LanguageModelSession | null} */ (null);

  /** @param {LanguageModelApi} [api] @param {readonly string[]} [preferred]  the visitor's languages */
  constructor(api = /** @type {any} */ (globalThis).LanguageModel, preferred = navigator.languages) {
    this.#api = api;
    this.languages = deviceLanguages(preferred);
  }

  // Actions

  /** @returns {Promise<DeviceAvailability>} */
  async availability() {
    try {
      const found = await this.#api.availability(this.#options());
      if (found !== "unavailable" || this.languages.join() === "en") return found;
      this.languages = ["en"]; // earlier versions know fewer languages
      return await this.#api.availability(this.#options());
    } catch {
      return "unavailable";
    }
  }

  /**
   * Loads the model, which the browser may have to download first: only to be called when the visitor has said so.
   * @param {AbortSignal} signal
   * @param {(share: number) => void} onProgress  of the download, from 0 to 1
   * @returns {Promise<boolean>} whether it can answer now
   */
  async load(signal, onProgress) {
    const monitor = (/** @type {EventTarget} */ download) =>
      download.addEventListener("downloadprogress", (event) => onProgress(/** @type {ProgressEvent} */ (event).loaded));
    try {
      this.#kept = await this.#api.create({ ...this.#options(), signal, monitor });
      return true;
    } catch {
      return false;
    }
  }

  /** Lets the browser take the model out of memory. */
  unload() {
    this.#kept?.destroy();
    this.#kept = null;
  }

  /**
   * @param {Message[]} messages
   * @param {AbortSignal} signal  aborted when the visitor stops the answer
   * @returns {AsyncGenerator<AnswerEvent, void, void>}
   */
  async *ask(messages, signal) {
    const kept = deviceMessages(messages);
    const system = { role: "system", content: DEVICE_INSTRUCTION };
    let session = /** @type {LanguageModelSession | null} */ (null);
    let isBegun = false;
    try {
      session = await this.#api.create({ ...this.#options(), signal, initialPrompts: [system, ...kept.slice(0, -1)] });
      for await (const text of session.promptStreaming(kept.at(-1)?.content ?? "", { signal })) {
        if (typeof text !== "string" || !text) continue;
        if (!isBegun) yield { type: "accepted" };
        isBegun = true;
        yield { type: "text", text };
      }
      yield isBegun ? { type: "finished", reason: "stop" } : { type: "failed", failure: failureOf("device_failed") };
    } catch (error) {
      if (signal.aborted) yield { type: "stopped" };
      else yield { type: "failed", failure: failureOf(isTooLong(error) ? "device_too_long" : "device_failed") };
    } finally {
      session?.destroy();
    }
  }

  // Internal

  #options() {
    const { languages } = this;
    // English is what it is instructed in
    const read = [...new Set(["en", ...languages])];
    return { expectedInputs: [{ type: "text", languages: read }], expectedOutputs: [{ type: "text", languages }] };
  }
}

/** @param {unknown} error */
function isTooLong(error) {
  return /** @type {Error} */ (error).name === "QuotaExceededError";
}
