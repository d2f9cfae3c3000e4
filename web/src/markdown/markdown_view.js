/** Shows Markdown that is still growing: settled blocks stay as they are, only those after them are made again. */

import { BlockList } from "./block_list.js";
import { BlockSplitter } from "./blocks.js";
import { Bounds } from "./bounds.js";
import { drawingQueue } from "./drawing_queue.js";
import { SourceWriter, blocksOf } from "./markdown_source.js";
import { closeOpenMarkers } from "./open_markers.js";

/** @typedef {import("marked").Token} Token */
/** @typedef {import("./drawing_queue.js").Drawing} Drawing */

// what is printed is all there is, not what has been drawn by now
window.addEventListener("beforeprint", () => drawingQueue.finish());

/** @implements {Drawing} */
export class MarkdownView {
  #blocks;
  #bounds = new Bounds();
  #splitter = new BlockSplitter(blocksOf, closeOpenMarkers);
  #writer = new SourceWriter();
  /** Blocks that will not change any more and are not shown yet. */
  #settled = /** @type {Token[]} */ ([]);
  #settledCount = 0;
  /** The first of them, where it has been begun. */
  #written = /** @type {import("./markdown_source.js").Source | null} */ (null);
  #open = /** @type {Token[]} */ ([]);
  #next = { text: "", isOver: false };
  #read = { text: "", isOver: false };

  /** @param {HTMLElement} box */
  constructor(box) {
    this.#blocks = new BlockList(box);
  }

  get isGrowing() {
    return !this.#next.isOver;
  }

  // Lifecycle

  close() {
    drawingQueue.drop(this);
  }

  // Actions

  /**
   * @param {string} text  all of it
   * @param {boolean} isOver
   */
  show(text, isOver) {
    this.#next = { text, isOver };
    drawingQueue.want(this);
  }

  /** @param {() => boolean} isTimeUp */
  drawSome(isTimeUp) {
    if (this.#read !== this.#next) this.#readMore();
    const { isOver } = this.#read;
    while (this.#settled.length > 0) {
      this.#written ??= this.#writer.write(this.#settled[0], isOver, true);
      if (!this.#blocks.set(this.#settledCount, this.#written, isTimeUp)) return false;
      this.#settled.shift();
      this.#settledCount += 1;
      this.#written = null;
      if (isTimeUp()) return false;
    }
    for (const [index, block] of this.#open.entries()) {
      if (!this.#blocks.set(this.#settledCount + index, this.#writer.write(block, isOver, false), isTimeUp)) return false;
    }
    this.#blocks.truncate(this.#settledCount + this.#open.length);
    return true;
  }

  // Internal

  #readMore() {
    if (this.#read.isOver && !this.#next.isOver) this.#startAgain();
    this.#read = this.#next;
    const text = this.#bounds.apply(this.#read.text);
    if (this.#read.isOver) {
      // a block can depend on a later one (a link on its definition): the end looks at all of them once more
      this.#startAgain();
      this.#settled = blocksOf(text);
      this.#open = [];
    } else {
      const { settled, open } = this.#splitter.split(text);
      this.#settled.push(...settled);
      this.#open = open;
    }
  }

  /** From the first block: at the end, and where an answer goes on that had ended. What looks the same stays as it is. */
  #startAgain() {
    this.#splitter = new BlockSplitter(blocksOf, closeOpenMarkers);
    this.#settled = [];
    this.#settledCount = 0;
    this.#written = null;
    this.#writer = new SourceWriter();
  }
}
