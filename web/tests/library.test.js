import assert from "node:assert/strict";
import { test } from "node:test";
import { NEW_ANSWER } from "../src/core/answer.js";
import { trimmed } from "../src/core/history.js";
import { markInterrupted, found, titleOf } from "../src/core/library.js";
import { isWorthWaiting, nextLookAt, nextToSend } from "../src/core/outbox.js";

/** @typedef {import("../src/core/answer.js").Answer} Answer */
/** @typedef {import("../src/core/stored_conversation.js").StoredConversation} StoredConversation */
/** @typedef {import("../src/core/outbox.js").Circumstances} Circumstances */

/** @param {string} id @param {Partial<StoredConversation>} [fields] @returns {StoredConversation} */
const kept = (id, fields) => ({ schema: 1, revision: 0, id, title: null, createdAt: 0, updatedAt: 0, exchanges: [], ...fields });

/** @param {string} id @param {Partial<Answer>} answer @param {string} [question] */
const exchange = (id, answer, question = id) => ({ id, attempt: 1, question, answer: { ...NEW_ANSWER, ...answer } });

/** @param {string} id @param {number} queuedAt @param {string} code @param {number | null} [retryAt] */
const queued = (id, queuedAt, code, retryAt = null) =>
  exchange(id, { state: "queued", queuedAt, tab: "here", failure: { code, retryAt, requestId: null } });

/** @type {Circumstances} */
const FINE = { isOnline: true, isVisible: true, availability: { status: "operational", retryAt: null }, tab: null, edited: new Set() };

test("the first question is the title, cut between words, until the visitor gives one", () => {
  const long = "A question that goes on for quite a while, and then for a while longer than that";
  assert.equal(titleOf(kept("a", { exchanges: [exchange("x", {}, " Why\n so? ")] })), "Why so?");
  assert.equal(titleOf(kept("a", { exchanges: [exchange("x", {}, long)] })), "A question that goes on for quite a while, and then for a…");
  assert.equal(titleOf(kept("a", { exchanges: [exchange("x", {}, `${"a".repeat(59)}\u{1f44d} and so on`)] })), `${"a".repeat(59)}…`);
  assert.equal(titleOf(kept("a", { title: "Mine", exchanges: [exchange("x", {}, "Why?")] })), "Mine");
});

test("a search finds every word in titles and in what was said, newest first", () => {
  const all = [
    kept("old", { updatedAt: 1, exchanges: [exchange("x", { text: "The Nile flows" }, "Rivers")] }),
    kept("new", { updatedAt: 2, title: "Nile rivers" }),
    kept("other", { updatedAt: 3, title: "Lakes" }),
  ];
  assert.deepEqual(found(all, "nile RIVERS").map(({ id }) => id), ["new", "old"]);
  assert.deepEqual(found(all, " ").map(({ id }) => id), ["other", "new", "old"]);
});

test("an answer that was lost is interrupted, and a question that was not confirmed is the visitor's to decide", () => {
  const lost = kept("a", { exchanges: [exchange("x", { state: "streaming", accepted: true, text: "Hel" }), exchange("y", {})] });
  const [first, second] = markInterrupted(markInterrupted(lost, "x"), "y").exchanges.map(({ answer }) => answer);

  assert.deepEqual([first.state, first.failure?.code, first.text], ["failed", "interrupted", "Hel"]);
  assert.deepEqual([second.state, second.failure?.code], ["failed", "unconfirmed"]);
});

test("only what has certainly not reached a model waits", () => {
  const code = (/** @type {string} */ code, retryAt = /** @type {number | null} */ (null)) => isWorthWaiting({ code, retryAt, requestId: null });
  assert.ok(code("offline") && code("models_exhausted") && code("visitor_rate_limited", 5));
  assert.ok(!code("network") && !code("first_byte_timeout") && !code("internal_error", 5) && !code("visitor_rate_limited"));
});

test("what waits goes out in order, one after the other", () => {
  const busy = kept("busy", { exchanges: [exchange("live", { state: "streaming" }), queued("later", 1, "offline")] });
  const two = kept("two", { exchanges: [queued("first", 3, "offline"), queued("second", 2, "offline")] });

  assert.equal(nextToSend([busy, two], FINE, 5_000)?.exchange.id, "first");
  assert.equal(nextToSend([busy], FINE, 5_000), null);
  assert.equal(nextToSend([two], { ...FINE, isOnline: false }, 5_000), null);
  assert.equal(nextToSend([two], { ...FINE, edited: new Set(["first"]) }, 5_000), null);
  assert.equal(nextToSend([two], { ...FINE, tab: "elsewhere" }, 5_000), null);
});

test("an exhausted service is asked again when it says that it is back, a limit at its instant, and none in haste", () => {
  const exhausted = [kept("a", { exchanges: [queued("x", 1_000, "models_exhausted", 9_000)] })];
  const limited = [kept("a", { exchanges: [queued("x", 1_000, "visitor_rate_limited", 9_000)] })];
  const status = (/** @type {any} */ status) => ({ ...FINE, availability: { status, retryAt: null } });

  for (const unready of ["unchecked", "exhausted"]) assert.equal(nextToSend(exhausted, status(unready), 99_000), null);
  assert.equal(nextToSend(exhausted, status("unknown"), 8_999), null);
  assert.ok(nextToSend(exhausted, status("unknown"), 9_000));
  assert.equal(nextToSend(exhausted, FINE, 1_999), null);
  assert.ok(nextToSend(exhausted, FINE, 2_000));
  assert.equal(nextToSend(limited, FINE, 8_999), null);
  assert.equal(nextLookAt(limited, FINE, 0), 9_000);
  assert.equal(nextLookAt(exhausted, status("exhausted"), 0), null);
});

test("the oldest exchanges are left out of what is sent, and never what is open", () => {
  const messages = ["q1", "a1", "q2", "a2", "open"].map((content) => ({ role: /** @type {const} */ ("user"), content }));
  const wide = { messages: 100, characters: 1_000, messageCharacters: 100, bytes: 10_000 };
  const kept = (/** @type {number} */ messageCount, /** @type {number} */ characters, open = 1) =>
    trimmed(messages, open, { ...wide, messages: messageCount, characters }).map(({ content }) => content);

  assert.deepEqual(kept(5, 100), ["q1", "a1", "q2", "a2", "open"]);
  assert.deepEqual(kept(4, 100), ["q2", "a2", "open"]);
  assert.deepEqual(kept(5, 8), ["q2", "a2", "open"]);
  assert.deepEqual(kept(5, 1), ["open"]);
  assert.deepEqual(kept(1, 1, 3), ["q2", "a2", "open"]);
});

test("what is sent fits into the body in every script, and no message is longer than the service takes", () => {
  const said = (/** @type {string[]} */ ...contents) => contents.map((content) => ({ role: /** @type {const} */ ("user"), content }));
  const [chinese, latin] = ["\u6587", "x"].map((letter) => Array.from({ length: 199 }, () => letter.repeat(2_000)));
  const bytes = (/** @type {object[]} */ messages) => Buffer.byteLength(JSON.stringify({ messages, stream: true }));

  const fitting = trimmed(said(...chinese), 1);
  assert.ok(bytes(fitting) <= 1_048_576 && bytes(fitting) > 1_030_000, `${bytes(fitting)} bytes`);
  assert.equal(trimmed(said(...latin), 1).length, 199);
  assert.equal(trimmed(said("q1", "a1", "q2", "x".repeat(100_001), "q3", "a3", "open"), 1).length, 3);
});
