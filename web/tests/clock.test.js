import assert from "node:assert/strict";
import { test } from "node:test";
import { AvailabilitySource } from "../src/edge/availability_source.js";
import { afterCheck } from "../src/core/availability.js";
import { withClockSetBack } from "../src/core/clock.js";
import { failureOf } from "../src/core/failure.js";
import { Scene } from "./scene.js";

const HOUR_MS = 3_600_000;

/** A tab whose clock is an hour ahead, and what sets it right and lets this time pass. */
async function ahead() {
  const scene = new Scene();
  [scene.refusal, scene.browser.now] = [null, HOUR_MS];
  const chat = await scene.tab();
  await chat.send("First");
  /** @param {number} ms */
  const setRight = async (ms) => {
    scene.browser.now = 1_000;
    await chat.wake();
    await scene.rest();
    scene.browser.now += ms;
    await chat.wake();
    await scene.rest();
  };
  return { scene, chat, setRight };
}

test("a message that waited while the clock was ahead goes out once the clock is right", async () => {
  const { scene, chat, setRight } = await ahead();
  [scene.isOnline, scene.refusal] = [false, "offline"];
  await chat.send("Second");
  [scene.isOnline, scene.refusal] = [true, null];

  await setRight(2_000);
  assert.deepEqual(scene.asked, ["First", "Second"]);
});

test("a visitor's limit that was told by the wrong clock is asked about again", async () => {
  const { scene, chat, setRight } = await ahead();
  const limit = (/** @type {number} */ retryAt) => ({ ...failureOf("visitor_rate_limited"), retryAt });
  scene.meets = () => limit(HOUR_MS + 5_000);
  await chat.send("Second");
  scene.meets = () => limit(6_000);

  await setRight(2_000);
  assert.deepEqual([scene.asked, chat.conversation.value[1].answer.failure?.retryAt], [["First"], 6_000]);
  scene.meets = () => null;
  scene.browser.now = 7_000;
  await chat.wake();
  await scene.rest();
  assert.deepEqual(scene.asked, ["First", "Second"]);
});

test("an answer that broke off while the clock was ahead is gone on with", async () => {
  const { scene, chat, setRight } = await ahead();
  const answer = scene.answer;
  scene.answer = () => [{ type: "accepted" }, { type: "text", text: "Half" }, { type: "failed", failure: failureOf("network") }];
  scene.isVisible = false;
  await chat.send("Second");
  assert.equal(chat.conversation.value[1].answer.state, "failed");
  [scene.answer, scene.isVisible] = [answer, true];

  await setRight(2_000);
  assert.equal(chat.conversation.value[1].answer.text, "HalfHello");
});

test("a place in line that was told by the wrong clock is tried now", () => {
  const place = { ticket: "t", number: 3, position: 2, retryAt: HOUR_MS + 60_000, refusedAt: HOUR_MS };
  const answer = { state: "queued", accepted: false, text: "", models: [], finishReason: null, failure: failureOf("models_exhausted"), queuedAt: HOUR_MS, place };
  const [moved] = withClockSetBack([/** @type {any} */ ({ id: "1", attempt: 1, question: "?", answer })], 7_000);

  assert.deepEqual([moved.answer.queuedAt, moved.answer.place], [7_000, { ...place, retryAt: 7_000, refusedAt: 7_000 }]);
  assert.equal(withClockSetBack([moved], 7_001)[0], moved);
});

test("what a check finds counts, though the refusal before it lies in the future now", () => {
  const refused = /** @type {const} */ ({ status: "exhausted", retryAt: HOUR_MS + 10_000, refusedAt: HOUR_MS });
  assert.equal(afterCheck(refused, { status: "operational", retryAt: null }, 1_000).status, "operational");
  const untried = /** @type {const} */ ({ status: "degraded", retryAt: null });
  assert.equal(afterCheck({ ...untried, releaseAt: HOUR_MS }, { ...untried, releaseAt: 5_000 }, 1_000).releaseAt, 5_000);
});

test("the service is asked again, though what was heard last lies in the future now", async () => {
  let now = HOUR_MS;
  const operational = /** @type {const} */ ({ status: "operational", retryAt: null });
  const source = new AvailabilitySource({ ask: async () => operational, read: async () => null, current: () => ({ status: "exhausted", retryAt: null }), now: () => now });
  source.heard();
  now = 1_000;
  assert.equal(await source.check(), operational);
});
