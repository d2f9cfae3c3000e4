/** Shows Markdown that is still growing: settled blocks stay as they are, only the tail is made again. */

import { BlockSplitter, withUnixLines } from "../core/blocks.js";
import { TOP_LEVEL, blocksOf, elementsOf } from "./markdown.js";

export class MarkdownView {
  #box;
  #splitter = new BlockSplitter(blocksOf);
  /** Level of the last heading in the settled blocks. */
  #settledLevel = TOP_LEVEL;
  /** What they were made from, before it was cleaned. */
  #settledSource = "";
  #tail = /** @type {Node[]} */ ([]);
  #frame = 0;
  #next = { text: "", isOver: false };

  /** @param {HTMLElement} box */
  constructor(box) {
    this.#box = box;
  }

  // Lifecycle

  close() {
    cancelAnimationFrame(this.#frame);
  }

  // Actions

  /**
   * @param {string} text  all of it
   * @param {boolean} isOver
   */
  show(text, isOver) {
    this.#next = { text, isOver };
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      if (this.#next.isOver) this.#showWhole(this.#next.text);
      else this.#showMore(this.#next.text);
    });
  }

  // Internal

  /** @param {string} text */
  #showMore(text) {
    const { settled, open } = this.#splitter.split(text);
    this.#settle(settled);
    const tail = elementsOf(open, this.#settledLevel, false);
    this.#tail = [...tail.fragment.childNodes];
    this.#box.append(tail.fragment);
  }

  /**
   * A block can depend on a later one (a link on its definition), so the end looks at the whole text once more,
   * and replaces what is settled only if that makes a difference.
   * @param {string} text
   */
  #showWhole(text) {
    const { settled, open } = this.#splitter.split(text);
    this.#settle([...settled, ...open]);
    const whole = elementsOf(blocksOf(withUnixLines(text)), TOP_LEVEL, true);
    if (whole.source !== this.#settledSource) this.#box.replaceChildren(whole.fragment);
  }

  /**
   * Puts blocks that will not change any more in the place of the tail.
   * @param {import("marked").Token[]} blocks
   */
  #settle(blocks) {
    for (const node of this.#tail) this.#box.removeChild(node);
    this.#tail = [];
    const { fragment, source, lastLevel } = elementsOf(blocks, this.#settledLevel, true);
    this.#settledSource += source;
    this.#settledLevel = lastLevel;
    this.#box.append(fragment);
  }
}
