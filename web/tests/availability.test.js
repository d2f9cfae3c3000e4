import assert from "node:assert/strict";
import { test } from "node:test";
import { UNCHECKED, afterCheck, afterRefusal, availabilityOfReply, nextCheckDelay } from "../src/core/availability.js";
import { failureOf } from "../src/core/failure.js";

/** @typedef {import("../src/core/availability.js").Availability} Availability */

const NOW = Date.parse("2026-11-22T22:40:00Z");
/** @type {Availability} */
const OPERATIONAL = { status: "operational", retryAt: null };

/** @param {number | null} seconds @returns {Availability} */
const exhaustedFor = (seconds) => ({ status: "exhausted", retryAt: seconds === null ? null : NOW + seconds * 1000 });

test("the reply's status counts, and its instant only when exhausted", () => {
  const reply = { available: false, status: "exhausted", retry_at: "2026-11-22T22:41:00Z", retry_after_seconds: 60 };

  assert.deepEqual(availabilityOfReply(reply, NOW), exhaustedFor(60));
  assert.deepEqual(availabilityOfReply({ ...reply, status: "operational" }, NOW), OPERATIONAL);
});

test("a reply that makes no sense is a failed check", () => {
  for (const body of [undefined, null, "", 7, {}, { status: "fine" }]) assert.equal(availabilityOfReply(body, NOW), null);
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
