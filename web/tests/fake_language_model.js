/** A stand-in for the browser's `LanguageModel`: https://webmachinelearning.github.io/prompt-api/ */

export class FakeLanguageModel {
  /** @type {import("../src/core/device.js").DeviceAvailability} */
  state = "available";
  /** In which it can write. */
  languages = ["en", "es", "ja", "de", "fr"];
  /** Options of each session. */
  created = /** @type {any[]} */ ([]);
  prompts = /** @type {string[]} */ ([]);
  /** How many sessions are open. */
  open = 0;
  /** @type {(prompt: string, signal: AbortSignal) => AsyncIterable<unknown> | Iterable<unknown>} */
  answer = (prompt) => ["Locally: ", prompt];
  /** Resolves a download. */
  download = Promise.resolve();

  /** @param {any} options */
  availability = async (options) => {
    const wanted = /** @type {string[]} */ (options.expectedOutputs[0].languages);
    return wanted.every((language) => this.languages.includes(language)) ? this.state : "unavailable";
  };

  /** @param {any} options */
  create = async (options) => {
    this.created.push(options);
    const download = new EventTarget();
    options.monitor?.(download);
    for (const loaded of [0, 0.5, 1]) {
      download.dispatchEvent(Object.assign(new Event("downloadprogress"), { loaded }));
      if (loaded === 0.5) await Promise.race([this.download, aborted(options.signal)]);
    }
    if (this.state === "unavailable") throw new DOMException("", "NotSupportedError");
    this.state = "available";
    this.open += 1;
    return { promptStreaming: this.#promptStreaming, destroy: () => void (this.open -= 1) };
  };

  #promptStreaming = (/** @type {string} */ prompt, /** @type {{ signal: AbortSignal }} */ { signal }) => {
    this.prompts.push(prompt);
    return /** @type {any} */ (this.answer(prompt, signal));
  };
}

/** @param {AbortSignal} signal @returns {Promise<never>} */
export function aborted(signal) {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}
