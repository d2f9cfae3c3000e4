import assert from "node:assert/strict";
import { test } from "node:test";
import { DrawingQueue } from "../src/markdown/drawing_queue.js";

/** A browser in which time passes only where a drawing takes it, and frames and timers come when they are let. */
class FakeClock {
  #now = 0;
  #due = /** @type {{ at: number, work: () => void }[]} */ ([]);

  now = () => this.#now;
  inNextFrame = (/** @type {() => void} */ work) => void this.later(work, 16);
  later = (/** @type {() => void} */ work, /** @type {number} */ milliseconds) => {
    const timer = { at: this.#now + milliseconds, work };
    this.#due.push(timer);
    return /** @type {any} */ (timer);
  };
  cancel = (/** @type {any} */ timer) => void (this.#due = this.#due.filter((other) => other !== timer));

  /** @param {number} milliseconds */
  spend(milliseconds) {
    this.#now += milliseconds;
  }

  /** Lets the next thing happen. @returns {boolean} whether there was one */
  next() {
    const [first] = this.#due.sort((a, b) => a.at - b.at).splice(0, 1);
    this.#now = Math.max(this.#now, first?.at ?? 0);
    first?.work();
    return first !== undefined;
  }

  /** Lets things happen until nothing is left to do. */
  rest() {
    while (this.next());
  }
}

/** @param {{ isGrowing?: boolean, steps?: number, stepMs?: number }} [options] */
function scene({ isGrowing = false, steps = 1, stepMs = 1 } = {}) {
  const clock = new FakeClock();
  const queue = new DrawingQueue(clock);
  /** What has been drawn, and when. */
  const log = /** @type {{ name: string, at: number }[]} */ ([]);
  const drawing = (/** @type {string} */ name) => {
    let left = steps;
    return {
      isGrowing,
      drawSome(/** @type {() => boolean} */ isTimeUp) {
        while (left > 0) {
          left -= 1;
          clock.spend(stepMs);
          log.push({ name, at: clock.now() });
          if (isTimeUp()) break;
        }
        return left === 0;
      },
    };
  };
  return { clock, queue, log, drawing };
}

test("the last that asked is drawn first", () => {
  const { clock, queue, log, drawing } = scene();
  for (const name of ["oldest", "older", "newest"]) queue.want(drawing(name));
  clock.rest();

  assert.deepEqual(log.map(({ name }) => name), ["newest", "older", "oldest"]);
});

test("all of them share the time of one frame", () => {
  const { clock, queue, log, drawing } = scene({ steps: 5, stepMs: 2 });
  for (let count = 0; count < 100; count += 1) queue.want(drawing(`${count}`));
  let most = 0;
  for (let before = 0; clock.next(); before = log.length) most = Math.max(most, log.length - before);

  assert.equal(log.length, 500);
  assert.ok(most <= 5, `${most} steps in one turn`);
});

test("after a long turn of what grows the page is left alone, and what is complete does not wait for that", () => {
  const growing = scene({ isGrowing: true, steps: 2, stepMs: 40 });
  growing.queue.want(growing.drawing("growing"));
  growing.clock.rest();
  const [first, second] = growing.log.map(({ at }) => at);
  assert.ok(second - 40 - first >= 60, `${second - 40 - first} ms of rest`);

  const complete = scene({ steps: 2, stepMs: 40 });
  complete.queue.want(complete.drawing("complete"));
  complete.clock.rest();
  const [begin, end] = complete.log.map(({ at }) => at);
  assert.ok(end - 40 - begin <= 16);
});

test("what is not wanted any more is not drawn, and what asks twice is drawn once", () => {
  const { clock, queue, log, drawing } = scene();
  const [gone, twice] = [drawing("gone"), drawing("twice")];
  queue.want(twice);
  queue.want(gone);
  queue.want(twice);
  queue.drop(gone);
  clock.rest();

  assert.deepEqual(log.map(({ name }) => name), ["twice"]);
});

test("for a printer all is drawn at once", () => {
  const { queue, log, drawing } = scene({ steps: 50, stepMs: 10 });
  for (const name of ["one", "two"]) queue.want(drawing(name));
  queue.finish();

  assert.equal(log.length, 100);
});
