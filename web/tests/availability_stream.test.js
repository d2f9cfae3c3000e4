import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { AvailabilityStream } from "../src/edge/availability_stream.js";
import { Locks } from "../src/edge/locks.js";
import { FakeLocks } from "./fakes.js";

const EVENT = JSON.stringify({ version: "x", status: "degraded", retry_at: null, checked_at: "2026-11-22T22:40:00Z", models: [] });

/** As the browser's: it connects again by itself unless it was refused. */
class FakeEventSource {
  static OPEN = 1;
  static CLOSED = 2;
  static made = /** @type {FakeEventSource[]} */ ([]);
  readyState = 0;
  onmessage = /** @type {(event: { data: string }) => void} */ (() => {});
  onerror = () => {};

  constructor() {
    FakeEventSource.made.push(this);
  }

  close() {
    this.readyState = FakeEventSource.CLOSED;
  }

  bring(data = EVENT) {
    this.readyState = FakeEventSource.OPEN;
    this.onmessage({ data });
  }

  /** @param {number} readyState */
  fail(readyState) {
    this.readyState = readyState;
    this.onerror();
  }
}

const settled = async () => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

beforeEach(() => {
  FakeEventSource.made = [];
  /** @type {any} */ (globalThis).EventSource = FakeEventSource;
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
});
afterEach(() => {
  mock.timers.reset();
  delete (/** @type {any} */ (globalThis).EventSource);
});

function tabs(count = 1) {
  const locks = new FakeLocks();
  const page = { isVisible: true };
  const made = Array.from({ length: count }, (_, index) => {
    const found = /** @type {unknown[]} */ ([]);
    const stream = new AvailabilityStream({
      url: Promise.resolve("https://a.example"),
      locks: new Locks(locks.managerOf(String(index))),
      onFound: (one) => found.push(one),
      isVisible: () => page.isVisible,
    });
    return { stream, found };
  });
  return { made, page };
}

const last = () => /** @type {FakeEventSource} */ (FakeEventSource.made.at(-1));

test("a stream is open only while it is wanted and somebody can see the page", async () => {
  const { made, page } = tabs();
  const [{ stream }] = made;
  stream.follow(false);
  await settled();
  assert.equal(FakeEventSource.made.length, 0);

  stream.follow(true);
  await settled();
  page.isVisible = false;
  stream.update();
  assert.equal(last().readyState, FakeEventSource.CLOSED);
  await settled();

  page.isVisible = true;
  stream.update();
  await settled();
  assert.equal(FakeEventSource.made.length, 2);
  stream.follow(false);
  assert.equal(last().readyState, FakeEventSource.CLOSED);
});

test("each event is told, and nonsense is not", async () => {
  const { made } = tabs();
  const [{ stream, found }] = made;
  stream.follow(true);
  await settled();
  assert.equal(stream.isLive, false);

  last().bring();
  last().bring("<html>");
  last().bring("null");

  assert.deepEqual(found, [{ status: "degraded", retryAt: null, checkedAt: Date.parse("2026-11-22T22:40:00Z") }]);
  assert.equal(stream.isLive, true);
});

test("all tabs have one stream", async () => {
  const { made } = tabs(3);
  made.forEach(({ stream }) => stream.follow(true));
  await settled();

  assert.equal(FakeEventSource.made.length, 1);
});

test("a stream that brings nothing in five seconds is closed, and tried again a minute later", async () => {
  const { made } = tabs();
  const [{ stream }] = made;
  stream.follow(true);
  await settled();

  mock.timers.tick(5_000);
  await settled();
  stream.follow(true);
  await settled();
  assert.equal(last().readyState, FakeEventSource.CLOSED);
  assert.equal(FakeEventSource.made.length, 1);

  mock.timers.tick(60_000);
  stream.follow(true);
  await settled();
  assert.equal(FakeEventSource.made.length, 2);
});

test("a server that has no room is left alone for a minute", async () => {
  const { made } = tabs();
  const [{ stream }] = made;
  stream.follow(true);
  await settled();
  last().fail(FakeEventSource.CLOSED);
  await settled();

  stream.follow(true);
  await settled();

  assert.equal(FakeEventSource.made.length, 1);
  assert.equal(stream.isLive, false);
});

test("a stream that the browser makes anew goes on, and counts as gone meanwhile", async () => {
  const { made } = tabs();
  const [{ stream }] = made;
  stream.follow(true);
  await settled();
  last().bring();

  last().fail(0);
  assert.equal(stream.isLive, false);
  mock.timers.tick(30_000);
  last().bring();

  assert.equal(stream.isLive, true);
  assert.equal(FakeEventSource.made.length, 1);
});

test("a browser without streams asks as before", async () => {
  delete (/** @type {any} */ (globalThis).EventSource);
  const { made } = tabs();

  made[0].stream.follow(true);
  await settled();

  assert.equal(made[0].stream.isLive, false);
});
