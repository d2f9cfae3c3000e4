/** Asks the chat function, and gives its reply as the events of an answer. Never throws, never waits for ever. */

import { failureOf, failureOfReply } from "../core/failure.js";
import { ReplyReader } from "../core/reply.js";
import { VISITOR_HEADER } from "../core/visitor.js";
import { repetition } from "../core/ticket.js";
import { isBrowserOnline } from "./connection.js";
import { RequestWatch } from "./request_watch.js";

/** @typedef {import("../core/answer.js").AnswerEvent} AnswerEvent */
/** @typedef {import("../core/conversation.js").Message} Message */
/** @typedef {import("./visitor_id.js").VisitorId} VisitorId */
/** @typedef {{ firstByteMs: number, idleMs: number }} TimeLimits */

const TICKET_HEADER = "X-Nexus-Ticket";
/** Without a ticket that does not hold, and with the one that is given then. */
const MOST_REPETITIONS = 2;

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
 * @param {string} [request.ticket]  of the place in line that this request has
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
  ticket,
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
  const watch = new RequestWatch(signal);
  try {
    const hint = hints.of(messages);
    const body = JSON.stringify({ messages, stream: true, ...(hint && { nexus: { hint } }) });
    /** @param {string | undefined} ticket */
    const post = async (ticket) => {
      watch.expectWithin(limits.firstByteMs, "first_byte_timeout");
      const id = visitor.read();
      const response = await fetch(await watch.orAborted(url), {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          Accept: "text/event-stream",
          ...(id && { [VISITOR_HEADER]: id }),
          ...(ticket && { [TICKET_HEADER]: ticket }),
        },
        body,
        credentials: "omit",
        cache: "no-store",
        signal: watch.signal,
      });
      visitor.keep(response.headers.get(VISITOR_HEADER));
      const refusal = response.ok ? null : failureOfReply(response.status, await response.json().catch(() => undefined), now());
      return { response, refusal };
    };
    let { response, refusal } = await post(ticket);
    for (let next = repetition(refusal, ticket), left = MOST_REPETITIONS; next && left > 0; left--) {
      ({ response, refusal } = await post(next.ticket));
      next = repetition(refusal, next.ticket);
    }
    if (refusal) {
      yield signal.aborted ? { type: "stopped" } : { type: "failed", failure: refusal };
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
 * @param {RequestWatch} watch
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
