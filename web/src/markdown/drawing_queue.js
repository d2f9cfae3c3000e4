/**
 * One queue for all that is drawn bit by bit: the last that asked comes first, and a frame has work for one turn only.
 *
 * On opening a conversation its newest answer asks last, so that what is in sight is there first.
 */

/**
 * @typedef {object} Drawing
 * @property {boolean} isGrowing  whether more is to come by itself
 * @property {(isTimeUp: () => boolean) => boolean} drawSome  draws a part at least; returns whether all is drawn
 */

/** A frame has 16 ms, and most of it is for layout. */
const TURN_MS = 8;
/** What is complete takes as long as the layout that each turn costs, up to this: else a table of thousands takes for ever. */
const LONGEST_TURN_MS = 40;
/** After a long turn of what still grows, the page is left alone for this many times as long, layout included. */
const REST_FACTOR = 1.5;
/** A turn that took less fits into its frame. */
const SHORT_TURN_MS = 12;

/** @typedef {typeof BROWSER} Clock */

const BROWSER = {
  now: () => performance.now(),
  /** @param {() => void} work */
  inNextFrame: (work) => void requestAnimationFrame(work),
  /** @param {() => void} work @param {number} milliseconds */
  later: (work, milliseconds) => setTimeout(work, milliseconds),
  /** @param {ReturnType<typeof setTimeout>} timer */
  cancel: (timer) => clearTimeout(timer),
};

export class DrawingQueue {
  /** The last is next. */
  #waiting = /** @type {Drawing[]} */ ([]);
  #isPlanned = false;
  /** Of the frame before. */
  #layoutMs = 0;
  #rest = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  #clock;

  /** @param {Clock} [clock] */
  constructor(clock = BROWSER) {
    this.#clock = clock;
  }

  // Actions

  /** @param {Drawing} drawing */
  want(drawing) {
    this.drop(drawing);
    this.#waiting.push(drawing);
    if (!drawing.isGrowing) this.#endRest(); // what is complete is not kept waiting
    this.#plan();
  }

  /** @param {Drawing} drawing */
  drop(drawing) {
    this.#waiting = this.#waiting.filter((other) => other !== drawing);
  }

  /** Draws all that waits, at once. */
  finish() {
    while (this.#waiting.length > 0) this.#drawNext(() => false);
  }

  // Internal

  #plan() {
    if (this.#isPlanned || this.#rest !== undefined || this.#waiting.length === 0) return;
    this.#isPlanned = true;
    this.#clock.inNextFrame(() => {
      this.#isPlanned = false;
      this.#takeTurn();
    });
  }

  #takeTurn() {
    const { now, later } = this.#clock;
    const start = now();
    const turnMs = this.#waiting.at(-1)?.isGrowing ? TURN_MS : Math.min(LONGEST_TURN_MS, Math.max(TURN_MS, this.#layoutMs));
    const isTimeUp = () => now() - start > turnMs;
    let isGrowing = false;
    while (this.#waiting.length > 0 && !isTimeUp()) isGrowing = this.#drawNext(isTimeUp) || isGrowing;
    const drawn = now();
    // a timer comes after this frame has been laid out and painted
    this.#rest = later(() => {
      const took = now() - start;
      this.#layoutMs = now() - drawn;
      if (isGrowing && took > SHORT_TURN_MS) this.#rest = later(() => this.#endRest(), took * REST_FACTOR);
      else this.#endRest();
    }, 0);
  }

  /** @param {() => boolean} isTimeUp @returns {boolean} whether more is to come of what was drawn */
  #drawNext(isTimeUp) {
    const drawing = /** @type {Drawing} */ (this.#waiting.at(-1));
    if (drawing.drawSome(isTimeUp)) this.drop(drawing);
    return drawing.isGrowing;
  }

  #endRest() {
    if (this.#rest !== undefined) this.#clock.cancel(this.#rest);
    this.#rest = undefined;
    this.#plan();
  }
}

export const drawingQueue = new DrawingQueue();
