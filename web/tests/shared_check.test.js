import assert from "node:assert/strict";
import { test } from "node:test";
import { sharedAvailability } from "../src/core/availability.js";
import { Locks } from "../src/edge/locks.js";
import { SharedCheck } from "../src/edge/shared_check.js";
import { FakeLocks } from "./fakes.js";

const FINE = { status: /** @type {const} */ ("operational"), retryAt: null };

/** Channels that reach each other, at once. */
class Channels {
  #all = /** @type {((message: any) => void)[][]} */ ([]);

  open() {
    const listeners = /** @type {((message: any) => void)[]} */ ([]);
    this.#all.push(listeners);
    const others = () => this.#all.filter((each) => each !== listeners).flat();
    return {
      tell: (/** @type {unknown} */ message) => others().forEach((listener) => listener(message)),
      listen: (/** @type {(message: any) => void} */ listener) => void listeners.push(listener),
    };
  }
}

/** @param {(() => Promise<any>)[]} services  what the check of each tab does */
function tabs(services) {
  const channels = new Channels();
  const locks = new FakeLocks();
  return services.map((service, index) => new SharedCheck(service, channels.open(), new Locks(locks.managerOf(String(index)))));
}

test("tabs that check at the same time ask once", async () => {
  let asked = 0;
  const ask = async () => {
    asked += 1;
    await new Promise((resolve) => setTimeout(resolve, 5));
    return FINE;
  };

  const found = await Promise.all(tabs([ask, ask, ask]).map((tab) => tab.check()));

  assert.deepEqual(found, [FINE, FINE, FINE]);
  assert.equal(asked, 1);
});

test("what one tab learns, the others are told and need not ask", async () => {
  const [first, second] = tabs([async () => FINE, () => assert.fail("asked")]);
  let told = 0;
  second.onReport = () => (told += 1);

  await first.check();

  assert.equal(told, 1);
  assert.deepEqual(await second.check(), FINE);
});

test("a report counts once: the next check asks", async () => {
  let asked = 0;
  const [first, second] = tabs([async () => FINE, async () => (asked++, null)]);
  await first.check();
  await second.check();

  assert.equal(await second.check(), null);
  assert.equal(asked, 1);
});

test("what is told while a tab asks is newer than its answer, and is not kept for later", async () => {
  const refusal = { status: /** @type {const} */ ("exhausted"), retryAt: 1, refusedAt: 0 };
  const [first, second] = tabs([async () => FINE, async () => FINE]);

  const found = first.check();
  second.tell(refusal);

  assert.deepEqual(await found, refusal);
  assert.deepEqual(await first.check(), FINE);
});

test("a tab that is closed while it asks leaves the asking to the next one", async () => {
  /** @type {(error: Error) => void} */
  let close = () => {};
  const [first, second] = tabs([() => new Promise((_, reject) => (close = reject)), async () => FINE]);
  const closed = assert.rejects(first.check());
  await new Promise((resolve) => setTimeout(resolve));

  const found = second.check();
  close(new Error("closed"));

  assert.deepEqual(await found, FINE);
  await closed;
});

test("where the browser refuses locks, or has none, each tab asks for itself, each time", async () => {
  const request = async () => {
    throw new DOMException("blocked", "SecurityError");
  };
  for (const manager of [{ request: /** @type {any} */ (request) }, /** @type {any} */ (null)]) {
    const check = new SharedCheck(async () => FINE, new Channels().open(), new Locks(manager ?? undefined));

    assert.deepEqual([await check.check(), await check.check()], [FINE, FINE]);
  }
});

test("what another version of the page tells is looked at before it is believed", () => {
  const exhausted = { status: "exhausted", retryAt: 1, refusedAt: 0 };

  assert.deepEqual(sharedAvailability({ found: exhausted }), { found: exhausted });
  assert.equal(sharedAvailability({ found: { ...exhausted, expectedAt: "soon" } }), null);
  assert.equal(sharedAvailability({ found: { ...exhausted, reason: { html: "" } } }), null);
  assert.deepEqual(sharedAvailability({ found: null }), { found: null });
  for (const nonsense of [null, {}, "x", { found: 1 }, { found: { status: "fine" } }, { found: { status: "exhausted", retryAt: "x" } }]) {
    assert.equal(sharedAvailability(nonsense), null);
  }
});
