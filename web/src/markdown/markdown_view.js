/**
 * Shows Markdown that is still growing: settled blocks stay as they are, only those after them are made again.
 *
 * However much text there is, it is worked off in turns that leave the page responsive between them.
 */

import { BlockSplitter } from "./blocks.js";
import { Bounds } from "./bounds.js";
import { BlockList } from "./block_list.js";
import { SourceWriter, blocksOf } from "./markdown_source.js";
import { closeOpenMarkers } from "./open_markers.js";

/** @typedef {import("marked").Token} Token */

/** A frame has 16 ms, and most of it is for layout. */
const TURN_MS = 6;
/** At the end there is one turn left, most often, and it should be the last. */
const LAST_TURN_MS = 16;
/** After a turn, the page is left alone for this many times as long as the turn took, layout included. */
const REST_FACTOR = 1.5;
/** A turn that took less fits into its frame. */
const SHORT_TURN_MS = 12;

export class MarkdownView {
  #blocks;
  #bounds = new Bounds();
  #splitter = new BlockSplitter(blocksOf, closeOpenMarkers);
  #writer = new SourceWriter();
  /** Blocks that will not change any more and are not shown yet. */
  #settled = /** @type {Token[]} */ ([]);
  #settledCount = 0;
  #open = /** @type {Token[]} */ ([]);
  #next = { text: "", isOver: false };
  #read = { text: "", isOver: false };
  #frame = 0;
  #rest = 0;

  /** @param {HTMLElement} box */
  constructor(box) {
    this.#blocks = new BlockList(box);
  }

  // Lifecycle

  close() {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#rest);
    this.#frame = this.#rest = 0;
  }

  // Actions

  /**
   * @param {string} text  all of it
   * @param {boolean} isOver
   */
  show(text, isOver) {
    this.#next = { text, isOver };
    if (isOver) {
      // the end is not kept waiting
      clearTimeout(this.#rest);
      this.#rest = 0;
    }
    this.#schedule();
  }

  // Internal

  #schedule() {
    if (this.#frame || this.#rest) return;
    this.#frame = requestAnimationFrame(() => {
      const start = performance.now();
      const isDone = this.#takeTurn(start + (this.#next.isOver ? LAST_TURN_MS : TURN_MS));
      this.#frame = 0;
      // a timer comes after this frame has been laid out and painted
      this.#rest = window.setTimeout(() => {
        const took = performance.now() - start;
        this.#rest = window.setTimeout(() => this.#endRest(isDone), took > SHORT_TURN_MS && !this.#next.isOver ? took * REST_FACTOR : 0);
      });
    });
  }

  /** @param {boolean} isDone */
  #endRest(isDone) {
    this.#rest = 0;
    if (!isDone || this.#read !== this.#next) this.#schedule();
  }

  /**
   * @param {number} deadline
   * @returns {boolean} whether all that is there is shown
   */
  #takeTurn(deadline) {
    if (this.#read !== this.#next) this.#readMore();
    const { isOver } = this.#read;
    while (this.#settled.length > 0) {
      const block = /** @type {Token} */ (this.#settled.shift());
      this.#blocks.set(this.#settledCount++, this.#writer.write(block, isOver, true));
      if (performance.now() > deadline) return false;
    }
    this.#open.forEach((block, index) => this.#blocks.set(this.#settledCount + index, this.#writer.write(block, isOver, false)));
    this.#blocks.truncate(this.#settledCount + this.#open.length);
    return true;
  }

  #readMore() {
    this.#read = this.#next;
    const text = this.#bounds.apply(this.#read.text);
    if (this.#read.isOver) {
      // a block can depend on a later one (a link on its definition): the end looks at all of them once more
      this.#settled = blocksOf(text);
      this.#settledCount = 0;
      this.#writer = new SourceWriter();
      this.#open = [];
    } else {
      const { settled, open } = this.#splitter.split(text);
      this.#settled.push(...settled);
      this.#open = open;
    }
  }
}
