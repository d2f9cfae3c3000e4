/** The service's event stream, read as events of an answer. Knows the wire format and nothing of the network. */

import { createParser } from "eventsource-parser";
import { failureOf, failureOfReply } from "./failure.js";

/** @typedef {import("./answer.js").AnswerEvent} AnswerEvent */

/** What OpenAI's format ends a stream with. */
const END_OF_STREAM = "[DONE]";

/**
 * Reads one stream, in pieces cut at any place.
 *
 * Only `finish_reason` and then `[DONE]` make an answer complete: whatever ends otherwise was interrupted.
 */
export class ReplyReader {
  /** @type {AnswerEvent[]} */
  #events = [];
  #finishReason = /** @type {string | null} */ (null);
  #hasText = false;
  #isOver = false;
  #now;

  /** @type {string | null} what to send with the next question of the conversation, or with a rating */
  hint = null;

  #parser = createParser({ onEvent: ({ data }) => this.#read(data) });

  /**
   * @param {() => number} now
   * @param {{ isContinuing?: boolean }} [options]  whether it goes on with an answer, to which nothing may be missing
   */
  constructor(now, { isContinuing = false } = {}) {
    this.#now = now;
    this.#hasText = isContinuing;
  }

  /** Whether the answer has ended, well or badly: more input changes nothing. */
  get isOver() {
    return this.#isOver;
  }

  // Actions

  /**
   * @param {string} text
   * @returns {AnswerEvent[]}
   */
  feed(text) {
    this.#parser.feed(text);
    return this.#taken();
  }

  /**
   * To be called when the stream has ended.
   * @returns {AnswerEvent[]}
   */
  end() {
    this.#fail(failureOf("interrupted"));
    return this.#taken();
  }

  // Internal

  #taken() {
    return this.#events.splice(0);
  }

  /** @param {string} data */
  #read(data) {
    if (this.#isOver) return;
    if (data === END_OF_STREAM) return this.#finish();
    const chunk = parsed(data);
    if (!chunk || typeof chunk !== "object") return this.#fail(failureOf("unexpected_reply"));
    if (chunk.error) return this.#fail(failureOfReply(200, chunk, this.#now()));

    const name = chunk.nexus?.display_name;
    if (typeof name === "string" && name) this.#events.push({ type: "model", name });
    if (typeof chunk.nexus?.hint === "string") this.hint = chunk.nexus.hint;
    const choice = chunk.choices?.[0];
    const text = choice?.delta?.content;
    if (typeof text === "string" && text) {
      this.#hasText = true;
      this.#addText(text);
    }
    if (typeof choice?.finish_reason === "string") this.#finishReason = choice.finish_reason;
  }

  /** What comes in one piece is one change. @param {string} text */
  #addText(text) {
    const last = this.#events.at(-1);
    if (last?.type === "text") this.#events.splice(-1, 1, { type: "text", text: last.text + text });
    else this.#events.push({ type: "text", text });
  }

  #finish() {
    if (this.#finishReason === null) return this.#fail(failureOf("interrupted"));
    if (!this.#hasText && this.#finishReason === "stop") return this.#fail(failureOf("empty_reply"));
    this.#isOver = true;
    this.#events.push({ type: "finished", reason: this.#finishReason, ...(this.hint && { hint: this.hint }) });
  }

  /** @param {import("./failure.js").Failure} failure */
  #fail(failure) {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#events.push({ type: "failed", failure });
  }
}

/** @param {string} json */
function parsed(json) {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
