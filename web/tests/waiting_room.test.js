import assert from "node:assert/strict";
import { test } from "node:test";
import "./english.js";
import { availabilityOfReply, nextCheckDelay, sharedAvailability } from "../src/core/availability.js";
import { failureOf, failureOfReply } from "../src/core/failure.js";
import { availabilityOfEvent, availabilityOfObject } from "../src/core/status_object.js";
import { calledBy, expectedAt, positionIn } from "../src/core/place_in_line.js";
import { repetition } from "../src/core/ticket.js";
import { calledAt, lookDelay, servingOf } from "../src/core/waiting_room.js";
import { placeText, turnText } from "../src/words/waiting_room.js";

/** @typedef {import("../src/core/waiting_room.js").Place} Place */
/** @typedef {import("../src/core/waiting_room.js").Serving} Serving */

const NOW = Date.parse("2026-11-27T08:00:00Z");
const at = (/** @type {number} */ seconds) => new Date(NOW + seconds * 1_000).toISOString();

/** @param {number} number @param {number} position @param {number | null} retry  seconds @returns {Place} */
const place = (number, position, retry) => ({ ticket: "t", number, position, retryAt: retry === null ? null : NOW + retry * 1_000, refusedAt: NOW });

/** @param {number} number @param {number} seconds @param {number | null} perSecond @returns {Serving} */
const serving = (number, seconds, perSecond) => ({ number, at: NOW + seconds * 1_000, perSecond, isGuess: perSecond === null });

const REFUSAL = { error: { code: "models_exhausted", ticket: "t", number: 112, position: 12, retry_at: at(60), retry_after_seconds: 60 } };

test("a refusal gives a place where all of it is there, and else there is no line", () => {
  assert.deepEqual(failureOfReply(503, REFUSAL, NOW).place, place(112, 12, 60));
  for (const wrong of [{ ticket: "" }, { ticket: undefined }, { number: "112" }, { position: 0 }, { position: undefined }]) {
    assert.equal(failureOfReply(503, { error: { ...REFUSAL.error, ...wrong } }, NOW).place, undefined);
  }
});

test("a place is called by the pace, and by its own refusal where nobody knows the pace", () => {
  const cases = /** @type {[Place, Serving | undefined, number | null][]} */ ([
    [place(112, 12, 60), undefined, 60],
    [place(112, 12, null), undefined, null],
    [place(112, 12, 60), serving(100, 0, 0.5), 60], // the refusal is as new
    [place(112, 12, 60), serving(100, 1, 0.5), 25],
    [place(112, 12, 60), serving(100, 30, 2), 36], // a model returns in half a minute
    [place(112, 12, 60), serving(100, 1, null), 60],
    [place(112, 12, 60), serving(100, 90, null), 90],
    [place(112, 12, null), serving(100, 1, null), null],
    [place(112, 12, 60), serving(112, 5, 1), 5],
    [place(112, 12, 60), serving(112.5, 3, null), 3],
    // called, and refused all the same: as the refusal says, or half a minute later if it is still called
    [place(112, 1, 20), serving(115, 1, 1), 20],
    [place(112, 1, 3_600), serving(115, 1, 1), 30],
    [place(112, 1, 3_600), serving(115, 3_600, 1), 3_600],
    [place(112, 1, 60), serving(111, 1, null), 60],
    [place(112, 1, null), serving(115, 1, 1), 30],
  ]);
  for (const [given, pace, seconds] of cases) {
    assert.equal(calledAt(given, pace), seconds === null ? null : NOW + seconds * 1_000, JSON.stringify([given, pace]));
  }
});

test("whenever a place says that it is called, the pace has called its number, and nobody behind it is called sooner", () => {
  for (const perSecond of [0.05, 0.95, 3, 40]) {
    for (const start of [1, 45]) {
      let before = -Infinity;
      for (let number = 101; number < 400; number += 7) {
        const pace = serving(100.25, start, perSecond);
        const instant = Number(calledAt(place(number, number - 99, 5), pace));
        assert.ok(calledBy(pace, instant + 1) >= number, `${perSecond} ${start} ${number}`);
        assert.equal(positionIn(place(number, 1, 5), calledBy(pace, instant + 1)), 1);
        assert.ok(instant > before);
        before = instant;
      }
    }
  }
});

test("a place moves up by the pace and ends at 1", () => {
  const positions = [0, 10, 20, 23, 24, 600].map((seconds) => positionIn(place(112, 12, 60), calledBy(serving(100, 0, 0.5), NOW + seconds * 1_000)));

  assert.deepEqual(positions, [12, 7, 2, 1, 1, 1]);
  assert.equal(positionIn(place(112, 12, 60), calledBy(serving(100, 30, 0.5), NOW)), 12);
});

test("a visitor is told a time only where somebody knows it", () => {
  assert.equal(expectedAt(place(112, 12, 60), serving(100, 1, null)), null);
  assert.equal(expectedAt(place(112, 12, null), undefined), null);
  assert.equal(expectedAt(place(112, 12, 60), serving(100, 1, 0.5)), NOW + 25_000);
  assert.equal(expectedAt(place(112, 1, 20), serving(112, 1, null)), NOW + 20_000);
});

test("a ticket that was just given is sent back at once, one that does not hold is left out once, and nothing else is repeated", () => {
  const refused = failureOfReply(503, REFUSAL, NOW);

  assert.deepEqual(repetition(refused, undefined), { ticket: "t" });
  assert.equal(repetition(refused, "t"), null);
  assert.deepEqual(repetition(failureOf("invalid_ticket"), "t"), { ticket: undefined });
  assert.equal(repetition(failureOf("invalid_ticket"), undefined), null);
  assert.equal(repetition(failureOf("models_exhausted"), undefined), null);
  assert.equal(repetition(null, "t"), null);
});

test("the state says who is called, on the clock of this machine", () => {
  const body = { status: "degraded", checked_at: at(0), serving: { number: 100, at: at(30), per_second: 0.5, waiting: 9 } };

  assert.deepEqual(availabilityOfReply(body, NOW, 0)?.serving, serving(100, 30, 0.5));
  assert.deepEqual(availabilityOfEvent(body, NOW + 7_200_000, 0)?.serving, serving(100, 7_230, 0.5));
  assert.deepEqual(availabilityOfEvent(body, NOW + 2_000, 0)?.serving, serving(100, 30, 0.5)); // the way over the network
  assert.equal(availabilityOfReply({ ...body, serving: {} }, NOW, 0)?.serving, undefined);
  assert.deepEqual(servingOf({ number: 100, at: at(0), per_second: null }, 0), serving(100, 0, null));
  assert.deepEqual(servingOf({ number: 100, at: at(0), per_second: 1, pace: 1 }, 0), serving(100, 0, 1));
  for (const wrong of [undefined, null, 7, { number: "x", at: at(0) }, { number: 1, at: "soon" }]) assert.equal(servingOf(wrong, 0), null);
});

test("while it is not known who comes, a page comes at the pace and tells no time", () => {
  const guess = servingOf({ number: 100, at: at(1), per_second: null, pace: 0.5 }, 0) ?? undefined;

  assert.deepEqual(guess, { ...serving(100, 1, 0.5), isGuess: true });
  assert.equal(calledAt(place(112, 12, 60), guess), NOW + 25_000);
  assert.equal(expectedAt(place(112, 12, 60), guess), null);
  assert.equal(expectedAt(place(99, 2, 60), guess), NOW + 1_000);
});

test("what another tab tells of the line is looked at before it is believed", () => {
  const found = { status: "degraded", retryAt: null, serving: serving(100, 0, null) };

  assert.deepEqual(sharedAvailability({ found }), { found });
  for (const wrong of [7, {}, { ...found.serving, at: "x" }, { ...found.serving, perSecond: "fast" }]) {
    assert.equal(sharedAvailability({ found: { ...found, serving: wrong } }), null);
  }
});

test("a status object in which nothing has changed still tells of the same line, and of no other", () => {
  const body = { status: "degraded", checked_at: at(-60), serving: { number: 100, at: at(-60), per_second: 1 } };
  const read = (/** @type {any} */ current) => availabilityOfObject(body, current, { servedAt: NOW, now: NOW, random: 0 });
  const known = { status: "degraded", retryAt: null, checkedAt: NOW, serving: serving(100, -60, 1) };

  assert.deepEqual(read(known)?.serving, known.serving);
  assert.equal(read({ ...known, serving: serving(130, -30, 1) }), null);
  assert.equal(read({ ...known, status: "operational" }), null);
  assert.deepEqual(read({ ...known, checkedAt: NOW - 90_000, serving: undefined })?.serving, known.serving);
});

test("pages look each tenth of what is left, each two seconds at most, and touch no function", () => {
  assert.equal(lookDelay(NOW + 600_000, NOW), 60_000);
  assert.equal(lookDelay(NOW + 3_000, NOW), 2_000);
  assert.equal(lookDelay(NOW - 3_000, NOW), 2_000);
  assert.equal(lookDelay(null, NOW), 2_000);
  const degraded = { status: /** @type {const} */ ("degraded"), retryAt: null, serving: serving(100, 0, 0.5) };
  assert.equal(nextCheckDelay(degraded, NOW, 0.5, true, { ...place(120, 20, 0), refusedAt: NOW - 1 }), 4_000);
  assert.equal(nextCheckDelay(degraded, NOW, 0.5, false, place(120, 20, 0)), 60_000);
});

test("place and time are whole sentences, and what is not known is said to be unknown", () => {
  assert.deepEqual([1, 2, 12_345].map(placeText), ["You are next in line.", "You are number 2 in line.", "You are number 12,345 in line."]);
  const minutes = [null, -5, 0.5, 1, 1.6, 3.2, 89, 2_880].map((count) => turnText(count === null ? null : count * 60_000));
  assert.deepEqual(minutes, [
    "We cannot tell yet how long this will take.",
    "Expected in {countdown}.",
    "Expected in {countdown}.",
    "Expected in about 1 minute.",
    "Expected in about 2 minutes.",
    "Expected in about 3 minutes.",
    "Expected in about 1 hour.",
    "Expected in about 2 days.",
  ]);
});
