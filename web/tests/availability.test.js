import assert from "node:assert/strict";
import { test } from "node:test";
import { UNCHECKED, afterCheck, afterRefusal, availabilityOfReply, isDown, nextCheckDelay } from "../src/core/availability.js";
import { failureOf } from "../src/core/failure.js";

/** @typedef {import("../src/core/availability.js").Availability} Availability */

const NOW = Date.parse("2026-11-22T22:40:00Z");
/** @type {Availability} */
const OPERATIONAL = { status: "operational", retryAt: null };

const found = (/** @type {unknown} */ body) => availabilityOfReply(body, NOW, 0);

/** @param {number | null} seconds @returns {Availability} */
const exhaustedFor = (seconds) => ({ status: "exhausted", retryAt: seconds === null ? null : NOW + seconds * 1000 });

test("the reply's status counts, and its instants only while no model may be tried", () => {
  const expected = { expected_at: "2026-11-23T08:00:00Z" };
  const reply = { available: false, status: "exhausted", retry_at: "2026-11-22T22:41:00Z", retry_after_seconds: 60 };

  assert.deepEqual(found(reply), exhaustedFor(60));
  assert.deepEqual(found({ ...reply, ...expected }), { ...exhaustedFor(60), expectedAt: Date.parse(expected.expected_at) });
  assert.deepEqual(found({ ...reply, expected_at: reply.retry_at }), exhaustedFor(60));
  assert.deepEqual(found({ ...reply, status: "unavailable" }), { ...exhaustedFor(60), status: "unavailable" });
  assert.deepEqual(found({ ...reply, ...expected, status: "operational" }), OPERATIONAL);
});

test("where a model may be tried and others are first, that is why a newcomer waits, until a check finds another reason", () => {
  const reply = { status: "exhausted", retry_at: "2026-11-22T22:41:00Z", retry_after_seconds: 60 };
  const behindOthers = found({ ...reply, models: [{ state: "exhausted" }, { state: "available" }] });
  const atLimit = found({ ...reply, models: [{ state: "exhausted" }, { state: "probing" }, null] });

  const probing = found({ ...reply, models: [{ state: "probing" }], serving: { number: 1, at: reply.retry_at } });

  assert.deepEqual(behindOthers, { ...exhaustedFor(60), reason: "line" });
  assert.equal(probing?.reason, "line");
  assert.deepEqual(atLimit, exhaustedFor(60));
  assert.deepEqual(behindOthers && afterCheck(behindOthers, atLimit, NOW), exhaustedFor(60));
});

test("a visitor's clock that is wrong moves the expected return as well", () => {
  const reply = { status: "exhausted", retry_at: "2026-11-22T22:41:00Z", retry_after_seconds: 60, expected_at: "2026-11-22T23:41:00Z" };

  assert.equal(availabilityOfReply(reply, NOW + 7_200_000, 0)?.expectedAt, NOW + 7_200_000 + 3_660_000);
});

test("while every model has yet to be tried again visitors can write, and what waits is sent within ten seconds", () => {
  const reply = { status: "degraded", models: [{ state: "probing" }, { state: "exhausted" }] };

  assert.deepEqual(availabilityOfReply(reply, NOW, 0), { status: "degraded", retryAt: null, releaseAt: NOW });
  assert.equal(availabilityOfReply(reply, NOW, 0.99)?.releaseAt, NOW + 9_900);
  assert.equal(isDown({ status: "degraded" }), false);
  for (const models of [undefined, [], [{ state: "probing" }, { state: "available" }], [null]]) {
    assert.deepEqual(found({ ...reply, models }), { status: "degraded", retryAt: null });
  }
});

test("another check that finds no model tried yet does not make messages wait anew", () => {
  const untried = (/** @type {number} */ releaseAt) => ({ status: /** @type {const} */ ("degraded"), retryAt: null, releaseAt });

  assert.deepEqual(afterCheck(untried(NOW + 3_000), untried(NOW + 9_000), NOW), untried(NOW + 3_000));
  assert.deepEqual(afterCheck(exhaustedFor(0), untried(NOW + 9_000), NOW), untried(NOW + 9_000));
  assert.deepEqual(afterCheck(untried(NOW + 3_000), OPERATIONAL, NOW), OPERATIONAL);
});

test("a reply that makes no sense is a failed check", () => {
  for (const body of [undefined, null, "", 7, {}, { status: "fine" }]) assert.equal(found(body), null);
});

test("a failed check is not exhaustion", () => {
  assert.equal(afterCheck(OPERATIONAL, null, NOW).status, "unknown");
  assert.equal(afterCheck(UNCHECKED, null, NOW).status, "unknown");
});

test("a failed check does not end a known exhaustion before its time, nor prolong it", () => {
  assert.deepEqual(afterCheck(exhaustedFor(1), null, NOW), exhaustedFor(1));
  assert.equal(afterCheck(exhaustedFor(0), null, NOW).status, "unknown");
  assert.equal(afterCheck(exhaustedFor(null), null, NOW).status, "unknown");
});

test("a refused question tells about the service only where it is the service's state", () => {
  assert.equal(afterRefusal(OPERATIONAL, failureOf("models_exhausted"), NOW).status, "exhausted");
  assert.equal(afterRefusal(OPERATIONAL, failureOf("service_misconfigured"), NOW).status, "misconfigured");
  assert.equal(afterRefusal(OPERATIONAL, failureOf("visitor_rate_limited"), NOW), OPERATIONAL);
});

test("a refusal for another reason than quotas is an outage too, and says why", () => {
  const failure = { ...failureOf("models_unavailable"), retryAt: NOW + 5_000, reason: "unreachable" };
  const refused = afterRefusal(OPERATIONAL, failure, NOW);

  const unavailable = { status: "unavailable", retryAt: NOW + 5_000, reason: failure.reason };
  assert.deepEqual(refused, { ...unavailable, refusedAt: NOW });
  assert.equal(isDown(refused), true);
  assert.deepEqual(afterCheck(refused, { status: "unavailable", retryAt: NOW + 9_000 }, NOW), { ...unavailable, retryAt: NOW + 9_000 });
  assert.equal(afterCheck(refused, exhaustedFor(9), NOW).reason, undefined);
});

test("what a waiting message finds when it is tried again need not be announced again", () => {
  const failure = { ...failureOf("models_exhausted"), retryAt: NOW + 5_000 };

  assert.equal(afterRefusal(OPERATIONAL, failure, NOW, true).isRepeated, true);
  assert.equal(afterRefusal(OPERATIONAL, failure, NOW).isRepeated, undefined);
});

test("a refusal without an instant is about the message, not about the service", () => {
  assert.equal(afterRefusal(OPERATIONAL, failureOf("models_unavailable"), NOW), OPERATIONAL);
});

test("a check right after a refused question does not know better, later ones do", () => {
  const refused = afterRefusal(OPERATIONAL, { ...failureOf("models_exhausted"), retryAt: NOW + 60_000 }, NOW);

  assert.equal(afterCheck(refused, OPERATIONAL, NOW + 1_000), refused);
  assert.equal(afterCheck(refused, OPERATIONAL, NOW + 10_000), OPERATIONAL);
  assert.deepEqual(afterCheck(refused, exhaustedFor(30), NOW + 1_000), exhaustedFor(30));
});

test("once the instant has come, the first check that finds a model counts, however soon", () => {
  const refused = afterRefusal(OPERATIONAL, { ...failureOf("models_exhausted"), retryAt: NOW + 1_000 }, NOW);

  assert.equal(afterCheck(refused, OPERATIONAL, NOW + 1_000), OPERATIONAL);
});

test("it checks each minute, and each half minute while exhausted, give or take a tenth", () => {
  assert.equal(nextCheckDelay(OPERATIONAL, NOW, 0), 54_000);
  assert.equal(nextCheckDelay(OPERATIONAL, NOW, 0.5), 60_000);
  assert.equal(nextCheckDelay(OPERATIONAL, NOW, 1), 66_000);
  assert.equal(nextCheckDelay(exhaustedFor(3_600), NOW, 0), 27_000);
  assert.equal(nextCheckDelay(exhaustedFor(null), NOW, 1), 33_000);
});

test("it checks at the instant of the service when that comes first, and never before it", () => {
  assert.equal(nextCheckDelay(exhaustedFor(7), NOW, 0), 7_000);
  assert.equal(nextCheckDelay(exhaustedFor(7), NOW, 1), 7_500);
});

test("an instant that is now, or was, does not make it check without a pause", () => {
  assert.equal(nextCheckDelay(exhaustedFor(0.01), NOW, 0), 1_000);
  assert.equal(nextCheckDelay(exhaustedFor(-5), NOW, 0.5), 30_000);
});
