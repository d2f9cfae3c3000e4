import assert from "node:assert/strict";
import { test } from "node:test";
import { NEW_ANSWER, TRANSITIONS, afterEvent, isOver, isUnsent } from "../src/core/answer.js";
import { failureOf } from "../src/core/failure.js";

/** @typedef {import("../src/core/answer.js").AnswerEvent} AnswerEvent */

/** @type {Record<AnswerEvent["type"], AnswerEvent>} */
const EVENTS = {
  accepted: { type: "accepted" },
  queued: { type: "queued", failure: failureOf("offline"), at: 1, tab: "" },
  sent: { type: "sent" },
  model: { type: "model", name: "Gemini A" },
  text: { type: "text", text: "Hello" },
  finished: { type: "finished", reason: "stop" },
  stopped: { type: "stopped" },
  failed: { type: "failed", failure: failureOf("network") },
};

/** @param {AnswerEvent["type"][]} types */
const afterEvents = (...types) => types.map((type) => EVENTS[type]).reduce(afterEvent, NEW_ANSWER);

test("an answer that comes in whole is done and has its text, its model and its reason", () => {
  const answer = afterEvents("accepted", "model", "text", "text", "finished");

  assert.equal(answer.state, "done");
  assert.equal(answer.text, "HelloHello");
  assert.deepEqual(answer.models, ["Gemini A"]);
  assert.equal(answer.finishReason, "stop");
});

test("from every state that is not over, stopping and failing end the answer", () => {
  for (const path of /** @type {AnswerEvent["type"][][]} */ ([[], ["accepted"], ["accepted", "text"]])) {
    assert.equal(afterEvents(...path, "stopped").state, "stopped");
    assert.equal(afterEvents(...path, "failed").state, "failed");
  }
});

test("what has ended takes no event any more", () => {
  for (const end of /** @type {const} */ (["finished", "stopped", "failed"])) {
    const ended = afterEvents("accepted", "text", end);

    for (const event of Object.values(EVENTS)) assert.equal(afterEvent(ended, event), ended);
  }
});

test("text that has arrived stays, however the answer ends", () => {
  assert.equal(afterEvents("accepted", "text", "stopped").text, "Hello");
  assert.equal(afterEvents("accepted", "text", "failed").text, "Hello");
});

test("a model is named once, and a change of models on the way is kept in order", () => {
  const first = afterEvents("accepted", "model", "text", "model");
  const second = afterEvent(first, { type: "model", name: "Gemini B" });

  assert.deepEqual(first.models, ["Gemini A"]);
  assert.deepEqual(second.models, ["Gemini A", "Gemini B"]);
  assert.equal(second.text, "Hello");
});

test("a question counts as unsent only when the service never accepted it", () => {
  assert.equal(isUnsent(afterEvents("failed")), true);
  assert.equal(isUnsent(afterEvents("stopped")), true);
  assert.equal(isUnsent(afterEvents("accepted", "failed")), false);
  assert.equal(isUnsent(NEW_ANSWER), false);
});

test("every transition leads to a state of the table, and every state can end", () => {
  for (const [state, transitions] of Object.entries(TRANSITIONS)) {
    for (const next of Object.values(transitions)) assert.ok(next in TRANSITIONS);
    const ends = ["done", "stopped", "failed"].includes(state);
    assert.equal(isOver({ ...NEW_ANSWER, state: /** @type {any} */ (state) }), ends);
    // a queued question has nobody at work on it: it is sent, changed or taken back
    if (state === "queued") assert.deepEqual(transitions, { sent: "waiting" });
    else if (!ends) assert.ok(transitions.stopped && transitions.failed);
  }
});
