import assert from "node:assert/strict";
import { test } from "node:test";
import { isImpaired, nextCheckDelay } from "../src/core/availability.js";
import { availabilityOfEvent, availabilityOfObject } from "../src/core/status_object.js";
import { readStatusObject } from "../src/edge/availability_client.js";
import { AvailabilitySource } from "../src/edge/availability_source.js";

/** @typedef {import("../src/core/availability.js").Availability} Availability */

const NOW = Date.parse("2026-11-22T22:40:00Z");
const at = (/** @type {number} */ seconds) => new Date(NOW + seconds * 1_000).toISOString();

/** @param {number} checked @param {number} retry @param {string} [status] */
const outage = (checked, retry, status = "exhausted") => ({ version: "x", status, retry_at: at(retry), checked_at: at(checked), models: [] });
const fine = (/** @type {number} */ checked) => ({ version: "y", status: "operational", retry_at: null, checked_at: at(checked), models: [] });

/** @param {number} checked @param {number} retry @returns {Availability} */
const down = (checked, retry) => ({ status: "exhausted", retryAt: NOW + retry * 1_000, checkedAt: NOW + checked * 1_000 });

/** @param {unknown} body @param {Availability} current @param {number} [servedAt] @param {number} [now] */
const told = (body, current, servedAt = NOW, now = NOW) => availabilityOfObject(body, current, { servedAt, now, random: 0.5 });

test("a status object that was written since the last check is news", () => {
  assert.deepEqual(told(fine(-1), down(-5, 60)), { status: "operational", retryAt: null, checkedAt: NOW - 1_000 });
  assert.deepEqual(told(outage(-1, 90), down(-5, 60)), down(-1, 90));
});

test("an older one is believed only where it tells of the same outage: else nobody keeps it up to date", () => {
  assert.equal(told(fine(-3_600), down(-5, 60)), null);
  assert.equal(told(outage(-3_600, 90), down(-5, 60)), null);
  assert.equal(told(outage(-3_600, 60, "unavailable"), down(-5, 60)), null);
  assert.deepEqual(told(outage(-3_600, 60), down(-5, 60)), down(-3_600, 60));
});

test("when its instant has come a message may be tried, as check-availability would say", () => {
  const current = { ...down(-60, 0), retryAt: NOW };

  assert.deepEqual(told(outage(-60, 0), current), { status: "degraded", retryAt: null, checkedAt: NOW - 60_000, releaseAt: NOW + 5_000 });
});

test("where nothing is known yet, only an outage that lasts counts", () => {
  /** @type {Availability} */
  const unknown = { status: "unknown", retryAt: null };

  assert.equal(told(fine(-1), unknown), null);
  assert.equal(told(outage(-90, -30), unknown), null);
  assert.deepEqual(told(outage(-90, 30), unknown), down(-90, 30));
});

test("the one that a deployment brings, and nonsense, tell nothing", () => {
  for (const body of [{ ...fine(0), checked_at: null }, null, [], "x", {}, { ...outage(0, 5), status: "fine" }]) {
    assert.equal(told(body, down(-5, 60)), null);
  }
});

test("a visitor's clock that is wrong changes no countdown", () => {
  const later = NOW + 7_200_000;

  assert.equal(told(outage(-1, 90), { ...down(-5, 60), retryAt: later + 60_000 }, NOW, later)?.retryAt, later + 90_000);
  assert.equal(availabilityOfEvent(outage(0, 90), later, 0)?.retryAt, later + 90_000);
});

test("while down the object is read each tenth of what is left, and not more often than each two seconds", () => {
  assert.equal(nextCheckDelay(down(0, 60), NOW, 0.5, true), 6_000);
  assert.equal(nextCheckDelay(down(0, 10), NOW, 0.5, true), 2_000);
  assert.equal(nextCheckDelay(down(0, 3_600), NOW, 0.5, true), 30_000);
  assert.equal(nextCheckDelay({ status: "operational", retryAt: null }, NOW, 0.5, true), 60_000);
});

test("a stream is worth opening for what is not as it should be, and not for what is unknown", () => {
  const impaired = /** @type {const} */ (["degraded", "exhausted", "unavailable", "misconfigured"]);
  const others = /** @type {const} */ (["operational", "unknown", "unchecked"]);

  assert.ok(impaired.every((status) => isImpaired({ status, retryAt: null })));
  assert.ok(!others.some((status) => isImpaired({ status, retryAt: null })));
});

/** @param {{ current: Availability, object?: unknown, function?: Availability | null }} world */
function source(world) {
  const calls = /** @type {string[]} */ ([]);
  const clock = { now: NOW };
  const made = new AvailabilitySource({
    ask: async () => (calls.push("function"), world.function ?? null),
    read: async () => (calls.push("object"), world.object ? { body: world.object, servedAt: clock.now } : null),
    current: () => world.current,
    now: () => clock.now,
    random: () => 0.5,
  });
  return { made, calls, clock, world };
}

const FINE = /** @type {Availability} */ ({ status: "operational", retryAt: null });

/** A page that has asked once, and knows of an outage. @param {unknown} object */
async function whileDown(object) {
  const { world, ...rest } = source({ current: FINE, function: down(-5, 600) });
  await rest.made.check();
  rest.calls.length = 0;
  Object.assign(world, { current: down(-5, 600), object, function: FINE });
  return rest;
}

test("a healthy service is checked at the function alone", async () => {
  const { made, calls } = source({ current: FINE, function: FINE });

  assert.equal(await made.check(), FINE);
  assert.deepEqual([calls, made.readsObject], [["function"], false]);
});

test("while the service is down a check touches no function", async () => {
  const { made, calls } = await whileDown(outage(-9, 600));

  assert.deepEqual(await made.check(), down(-9, 600));
  assert.deepEqual([calls, made.readsObject], [["object"], true]);
});

test("the function has a word each five minutes, for nobody may keep the object up to date", async () => {
  const { made, calls, clock } = await whileDown(outage(-9, 600));

  clock.now += 300_000;

  assert.equal(await made.check(), FINE);
  assert.deepEqual([calls, made.readsObject], [["function"], false]);
});

test("a check right after the stream has spoken does not know better", async () => {
  const { made, calls, clock, world } = source({ current: down(-5, 600), function: FINE });
  made.heard();

  assert.equal(await made.check(), world.current);
  assert.deepEqual(calls, []);
  clock.now += 3_000;
  assert.equal(await made.check(), FINE);
});

test("where the object is missing or was left behind, the function is asked as before", async () => {
  for (const object of [undefined, fine(-3_600)]) {
    const { made, calls } = await whileDown(object);

    assert.equal(await made.check(), FINE);
    assert.deepEqual([calls, made.readsObject], [["object", "function"], false]);
  }
});

test("while both functions are dead, the object tells of an outage", async () => {
  const { made } = source({ current: { status: "unchecked", retryAt: null }, object: outage(-9, 60) });

  assert.deepEqual(await made.check(), down(-9, 60));
  assert.equal(await source({ current: down(-5, 60) }).made.check(), null);
});

test("the server's clock comes with the object, and its time in a cache is added", async () => {
  const reply = (/** @type {Record<string, string>} */ headers) => async () => new Response("{}", { headers });
  const read = (/** @type {any} */ fetch) => readStatusObject("https://a.example/status.json", fetch, () => 7);

  assert.deepEqual(await read(reply({ Date: new Date(NOW).toUTCString(), Age: "1" })), { body: {}, servedAt: NOW + 1_000 });
  assert.deepEqual(await read(reply({})), { body: {}, servedAt: 7 });
  assert.equal(await read(async () => new Response("", { status: 404 })), null);
  assert.equal(await read(async () => new Response("<html>")), null);
  assert.equal(
    await read(async () => {
      throw new TypeError();
    }),
    null,
  );
});
