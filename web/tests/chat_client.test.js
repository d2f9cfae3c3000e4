import assert from "node:assert/strict";
import { test } from "node:test";
import { askChat } from "../src/edge/chat_client.js";
import { createHints } from "../src/edge/hints.js";

const URL = "https://chat.example/v1/chat/completions";
const LIMITS = { firstByteMs: 5_000, idleMs: 5_000 };
const HELLO = 'data: {"choices":[{"delta":{"content":"Hello"}}]}\n\n';
const END = 'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';

/** A reply that sends these pieces, and then ends, breaks or stays silent until it is aborted. */
function streaming(/** @type {string[]} */ pieces, /** @type {"end" | "break" | "hang"} */ ending = "end") {
  return async (/** @type {any} */ _url, /** @type {RequestInit | undefined} */ init) => {
    const left = [...pieces];
    const body = new ReadableStream({
      start(controller) {
        init?.signal?.addEventListener("abort", () => controller.error(new DOMException("aborted", "AbortError")));
      },
      pull(controller) {
        const piece = left.shift();
        if (piece !== undefined) controller.enqueue(new TextEncoder().encode(piece));
        else if (ending === "end") controller.close();
        else if (ending === "break") controller.error(new TypeError("Load failed"));
      },
    });
    return new Response(body, { headers: { "Content-Type": "text/event-stream; charset=utf-8" } });
  };
}

/** Never replies. */
const silent = (/** @type {any} */ _url, /** @type {RequestInit | undefined} */ init) =>
  /** @type {Promise<Response>} */ (
    new Promise((_, reject) => init?.signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError"))))
  );

/** What an answer comes to: one word an event, and the code of a failure. */
async function ask(/** @type {typeof globalThis.fetch} */ fetch, { limits = LIMITS, visitor = new AbortController(), onEvent = /** @type {(type: string) => void} */ (() => {}) } = {}) {
  const story = [];
  for await (const event of askChat({ url: URL, messages: [], signal: visitor.signal, fetch, limits })) {
    story.push(event.type === "failed" ? event.failure.code : event.type);
    onEvent(event.type);
  }
  return story;
}

test("it sends the messages and asks for a stream", async () => {
  let sent = "";
  const fetch = async (/** @type {any} */ url, /** @type {RequestInit | undefined} */ init) => {
    sent = String(init?.body);
    return streaming([HELLO, END])(url, init);
  };
  const messages = [/** @type {const} */ ({ role: "user", content: "Hi" })];
  const events = askChat({ url: URL, messages, signal: new AbortController().signal, fetch });
  await events.next();
  await events.return();

  assert.deepEqual(JSON.parse(sent), { messages, stream: true });
});

test("what the service says of a conversation is sent back with its next question, and with no other", async () => {
  /** @type {string[]} */
  const sent = [];
  const opening = 'data: {"choices":[{"delta":{"content":""}}],"nexus":{"display_name":"M","hint":"v1.1.a"}}\n\n';
  const fetch = async (/** @type {any} */ url, /** @type {RequestInit | undefined} */ init) => {
    sent.push(String(init?.body));
    return streaming([opening, HELLO, END])(url, init);
  };
  const hints = createHints();
  const first = /** @type {const} */ ({ role: "user", content: "Hi" });
  const other = /** @type {const} */ ({ role: "user", content: "Ho" });
  for (const messages of [[first], [first, { role: /** @type {const} */ ("assistant"), content: "Hello" }, other], [other]]) {
    for await (const event of askChat({ url: URL, messages, signal: new AbortController().signal, fetch, hints })) void event;
  }

  assert.deepEqual(
    sent.map((body) => JSON.parse(body).nexus),
    [undefined, { hint: "v1.1.a" }, undefined],
  );
});

test("a whole answer is accepted, told and finished", async () => {
  assert.deepEqual(await ask(streaming([HELLO, END])), ["accepted", "text", "finished"]);
});

test("a character may be cut in two between chunks of bytes", async () => {
  const bytes = new TextEncoder().encode(HELLO.replace("Hello", "ö"));
  const cut = bytes.indexOf(0xc3) + 1;
  const fetch = async () =>
    new Response(new Blob([bytes.slice(0, cut), bytes.slice(cut), END]).stream(), { headers: { "Content-Type": "text/event-stream" } });

  for await (const event of askChat({ url: URL, messages: [], signal: new AbortController().signal, fetch })) {
    if (event.type === "text") assert.equal(event.text, "ö");
  }
});

test("a connection that breaks under way is an interruption, not a failure to reach the service", async () => {
  assert.deepEqual(await ask(streaming([HELLO], "break")), ["accepted", "text", "interrupted"]);
  assert.deepEqual(await ask(streaming([HELLO], "end")), ["accepted", "text", "interrupted"]);
});

test("a service that cannot be reached is a failure of the network", async () => {
  assert.deepEqual(await ask(async () => Promise.reject(new TypeError("Failed to fetch"))), ["network"]);
});

test("a refusal tells its code and is no acceptance", async () => {
  const refusing = async () => Response.json({ error: { code: "models_exhausted" } }, { status: 503 });

  assert.deepEqual(await ask(refusing), ["models_exhausted"]);
});

test("a page that some network puts in between is not taken for an answer", async () => {
  assert.deepEqual(await ask(async () => new Response("<html>", { headers: { "Content-Type": "text/html" } })), ["unexpected_reply"]);
});

test("silence ends: before the first byte and after it", async () => {
  assert.deepEqual(await ask(silent, { limits: { ...LIMITS, firstByteMs: 10 } }), ["first_byte_timeout"]);
  assert.deepEqual(await ask(streaming([HELLO], "hang"), { limits: { ...LIMITS, idleMs: 10 } }), ["accepted", "text", "idle_timeout"]);
});

test("stopping ends the request at any time, and is no failure", async () => {
  const early = new AbortController();
  const waiting = ask(silent, { visitor: early });
  early.abort();
  assert.deepEqual(await waiting, ["stopped"]);

  const late = new AbortController();
  const onEvent = (/** @type {string} */ type) => void (type === "text" && late.abort());
  assert.deepEqual(await ask(streaming([HELLO], "hang"), { visitor: late, onEvent }), ["accepted", "text", "stopped"]);
});

test("a place is confirmed at once, and a ticket that does not hold is left out once, in silence", async () => {
  const refusal = (/** @type {string} */ ticket) => ({ code: "models_exhausted", ticket, number: 7, position: 7 });
  const invalid = { code: "invalid_ticket" };
  /** What the service says to each request in turn, and with which ticket each comes. */
  const meet = async (/** @type {object[]} */ errors, /** @type {string | undefined} */ ticket) => {
    const tickets = /** @type {(string | null)[]} */ ([]);
    const fetch = async (/** @type {any} */ url, /** @type {RequestInit | undefined} */ init) => {
      tickets.push(new Headers(init?.headers).get("X-Nexus-Ticket"));
      const error = errors[tickets.length - 1];
      return error ? Response.json({ error }, { status: error === invalid ? 400 : 503 }) : streaming([HELLO, END])(url, init);
    };
    const events = [];
    for await (const event of askChat({ url: URL, messages: [], signal: new AbortController().signal, ticket, fetch })) events.push(event);
    const last = /** @type {any} */ (events.at(-1));
    return [tickets, last.failure ? (last.failure.place?.ticket ?? last.failure.code) : last.type];
  };

  assert.deepEqual(await meet([refusal("a"), refusal("b")], undefined), [[null, "a"], "b"]);
  assert.deepEqual(await meet([refusal("a")], undefined), [[null, "a"], "finished"]);
  assert.deepEqual(await meet([refusal("b")], "a"), [["a"], "b"]);
  assert.deepEqual(await meet([invalid], "a"), [["a", null], "finished"]);
  assert.deepEqual(await meet([invalid, refusal("b"), refusal("c")], "a"), [["a", null, "b"], "c"]);
  assert.deepEqual(await meet([refusal("a"), invalid, refusal("b"), refusal("c")], undefined), [[null, "a", null], "b"]);
});
