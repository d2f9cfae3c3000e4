/** Asks the chat function, and gives its reply as the events of an answer. Never throws, never waits for ever. */

import { failureOf, failureOfReply } from "../core/failure.js";
import { ReplyReader } from "../core/reply.js";
import { VISITOR_HEADER } from "../core/visitor.js";
import { isBrowserOnline } from "./connection.js";

/** @typedef {import("../core/answer.js").AnswerEvent} AnswerEvent */
/** @typedef {import("../core/conversation.js").Message} Message */
/** @typedef {import("./visitor_id.js").VisitorId} VisitorId */
/** @typedef {{ firstByteMs: number, idleMs: number }} TimeLimits */

/** The service gives up after a minute by itself; this is for replies that get lost on the way. */
const FIRST_BYTE_TIMEOUT_MS = 65_000;
/** Models pause, but not for this long. */
const IDLE_TIMEOUT_MS = 30_000;
/** A reply that is complete is read to its end, so that its connection can serve the next request. */
const DRAIN_TIMEOUT_MS = 1_000;

/** @type {TimeLimits} */
const TIME_LIMITS = { firstByteMs: FIRST_BYTE_TIMEOUT_MS, idleMs: IDLE_TIMEOUT_MS };

/** @type {VisitorId} */
const NOBODY = { read: () => null, keep: () => {} };

/** @type {import("./hints.js").Hints} */
const NO_HINTS = { of: () => undefined, keep: () => {} };

/**
 * @param {object} request
 * @param {string | Promise<string>} request.url
 * @param {Message[]} request.messages
 * @param {AbortSignal} request.signal  aborted when the visitor stops the answer
 * @param {VisitorId} [request.visitor]
 * @param {import("./hints.js").Hints} [request.hints]
 * @param {typeof globalThis.fetch} [request.fetch]
 * @param {() => number} [request.now]
 * @param {TimeLimits} [request.limits]
 * @param {() => boolean} [request.isOnline]  false only where nothing can be sent
 * @returns {AsyncGenerator<AnswerEvent, void, void>}
 */
export async function* askChat({
  url,
  messages,
  signal,
  visitor = NOBODY,
  hints = NO_HINTS,
  fetch = globalThis.fetch,
  now = Date.now,
  limits = TIME_LIMITS,
  isOnline = isBrowserOnline,
}) {
  // a request that was never made may be made later; one that broke may have arrived, and is not repeated unasked
  if (!isOnline()) {
    yield { type: "failed", failure: failureOf("offline") };
    return;
  }
  const watch = new Watch(signal);
  try {
    watch.expectWithin(limits.firstByteMs, "first_byte_timeout");
    const id = visitor.read();
    const hint = hints.of(messages);
    const response = await fetch(await watch.orAborted(url), {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "text/event-stream", ...(id && { [VISITOR_HEADER]: id }) },
      body: JSON.stringify({ messages, stream: true, ...(hint && { nexus: { hint } }) }),
      credentials: "omit",
      cache: "no-store",
      signal: watch.signal,
    });
    visitor.keep(response.headers.get(VISITOR_HEADER));
    if (!response.ok) {
      const body = await response.json().catch(() => undefined);
      yield signal.aborted ? { type: "stopped" } : { type: "failed", failure: failureOfReply(response.status, body, now()) };
      return;
    }
    if (!response.body || !isEventStream(response)) {
      yield { type: "failed", failure: failureOf("unexpected_reply") };
      return;
    }
    yield { type: "accepted" };
    const reply = new ReplyReader(now, { isContinuing: messages.at(-1)?.role === "assistant" });
    yield* eventsOf(response.body, reply, watch, limits);
    if (reply.hint) hints.keep(messages, reply.hint);
  } catch {
    // Browsers word transport errors each in their own way: what counts is who ended the request, and when.
    yield signal.aborted ? { type: "stopped" } : { type: "failed", failure: failureOf(watch.overdue ?? "network") };
  } finally {
    watch.end();
  }
}

/**
 * @param {ReadableStream<Uint8Array>} body
 * @param {ReplyReader} reply
 * @param {Watch} watch
 * @param {TimeLimits} limits
 * @returns {AsyncGenerator<AnswerEvent, void, void>}
 */
async function* eventsOf(body, reply, watch, limits) {
  const chunks = body.getReader();
  const decoder = new TextDecoder();
  try {
    while (!reply.isOver) {
      const { done, value } = await chunks.read();
      if (done) break;
      watch.expectWithin(limits.idleMs, "idle_timeout");
      yield* reply.feed(decoder.decode(value, { stream: true }));
    }
    yield* reply.end();
    watch.expectWithin(DRAIN_TIMEOUT_MS, "idle_timeout");
    while (!(await chunks.read()).done);
  } catch (error) {
    if (reply.isOver) return;
    if (watch.signal.aborted) throw error;
    yield* reply.end();
  }
}

/** @param {Response} response */
function isEventStream(response) {
  return response.headers.get("Content-Type")?.startsWith("text/event-stream") ?? false;
}

/** Ends a request when the visitor does or when what is expected does not come in time. */
class Watch {
  #controller = new AbortController();
  #timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  #visitor;
  #onStop = () => this.#controller.abort();

  /** @type {string | null} the failure code of the time limit that was passed */
  overdue = null;

  /** @param {AbortSignal} visitor */
  constructor(visitor) {
    this.#visitor = visitor;
    if (visitor.aborted) this.#onStop();
    else visitor.addEventListener("abort", this.#onStop);
  }

  get signal() {
    return this.#controller.signal;
  }

  // Actions

  /**
   * @param {number} milliseconds
   * @param {string} code
   */
  expectWithin(milliseconds, code) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.overdue = code;
      this.#controller.abort();
    }, milliseconds);
  }

  /**
   * @template T
   * @param {T | Promise<T>} value
   * @returns {Promise<T>} rejects where the request ends before the value is there
   */
  async orAborted(value) {
    const { signal } = this;
    signal.throwIfAborted();
    const ended = new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
    const result = await Promise.race([value, /** @type {Promise<never>} */ (ended)]);
    signal.throwIfAborted();
    return result;
  }

  /** Lets go of everything; a reply that is still coming in is cancelled. */
  end() {
    clearTimeout(this.#timer);
    this.#visitor.removeEventListener("abort", this.#onStop);
    this.#controller.abort();
  }
}
