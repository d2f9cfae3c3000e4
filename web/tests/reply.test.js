import assert from "node:assert/strict";
import { test } from "node:test";
import { ReplyReader } from "../src/core/reply.js";

const NOW = Date.parse("2026-11-22T22:40:00Z");
const FIRST = { nexus: { display_name: "Gemini A" }, choices: [{ delta: { role: "assistant", content: "" } }] };
const HELLO = { choices: [{ delta: { content: "Hellö 🌈" } }] };
const END = { choices: [{ delta: {}, finish_reason: "stop" }] };

/** @param {(object | string)[]} chunks */
const stream = (...chunks) =>
  chunks.map((chunk) => `data: ${typeof chunk === "string" ? chunk : JSON.stringify(chunk)}\n\n`).join("");

/** @param {string[]} pieces */
function read(...pieces) {
  const reader = new ReplyReader(() => NOW);
  return [...pieces.flatMap((piece) => reader.feed(piece)), ...reader.end()];
}

test("a stream gives the model, the text and the end", () => {
  assert.deepEqual(read(stream(FIRST, HELLO, END, "[DONE]")), [
    { type: "model", name: "Gemini A" },
    { type: "text", text: "Hellö 🌈" },
    { type: "finished", reason: "stop" },
  ]);
});

test("it reads the same wherever the stream is cut", () => {
  const whole = stream(FIRST, HELLO, END, "[DONE]");
  const expected = read(whole);

  for (let at = 0; at <= whole.length; at++) assert.deepEqual(read(whole.slice(0, at), whole.slice(at)), expected);
  assert.deepEqual(read(...whole), expected);
});

test("the texts of one piece are one change", () => {
  assert.deepEqual(read(stream(FIRST, HELLO, HELLO), stream(HELLO, END, "[DONE]")), [
    { type: "model", name: "Gemini A" },
    { type: "text", text: "Hellö 🌈Hellö 🌈" },
    { type: "text", text: "Hellö 🌈" },
    { type: "finished", reason: "stop" },
  ]);
});

test("comments, empty choices and usage are no events of the answer", () => {
  const usage = { choices: [], usage: { total_tokens: 3 } };

  assert.deepEqual(read(": still here\n\n", stream(HELLO, END, usage, "[DONE]")).map(({ type }) => type), ["text", "finished"]);
});

for (const [what, input] of Object.entries({
  "without an end": stream(HELLO),
  "in the middle of a chunk": stream(HELLO) + 'data: {"choices":[{"del',
  "before [DONE]": stream(HELLO, END),
  "without a finish_reason": stream(HELLO, "[DONE]"),
})) {
  test(`a stream that ends ${what} is interrupted`, () => {
    const last = read(input).at(-1);

    assert.equal(last?.type, "failed");
    assert.equal(last.failure.code, "interrupted");
  });
}

test("an error event ends the answer with its code, and nothing follows", () => {
  const error = { error: { code: "models_exhausted", message: "…", retry_at: "2026-11-22T22:41:00Z", retry_after_seconds: 60 } };

  assert.deepEqual(read(stream(HELLO, error, HELLO)), [
    { type: "text", text: "Hellö 🌈" },
    { type: "failed", failure: { code: "models_exhausted", retryAt: NOW + 60_000, requestId: null } },
  ]);
});

test("what is no chunk is a failure, not an exception", () => {
  for (const data of ["<html>", "null", "7"]) {
    const [event] = read(stream(data));

    assert.equal(event.type, "failed");
    assert.equal(event.failure.code, "unexpected_reply");
  }
});

test("an answer without text failed, unless a filter took the text", () => {
  const filtered = { choices: [{ delta: {}, finish_reason: "content_filter" }] };

  assert.equal(read(stream(FIRST, END, "[DONE]")).at(-1)?.type, "failed");
  assert.deepEqual(read(stream(filtered, "[DONE]")), [{ type: "finished", reason: "content_filter" }]);
});

test("a change of models on the way is told", () => {
  const resumed = { nexus: { display_name: "Gemini B", resumed: true }, choices: [{ delta: { content: "more" } }] };
  const events = read(stream(FIRST, HELLO, resumed, END, "[DONE]"));

  assert.deepEqual(events.filter(({ type }) => type === "model"), [
    { type: "model", name: "Gemini A" },
    { type: "model", name: "Gemini B" },
  ]);
});
