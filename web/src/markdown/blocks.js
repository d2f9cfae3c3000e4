/**
 * Splits growing Markdown into blocks that cannot change any more and a tail that still can.
 *
 * Rendering only the tail again makes the cost of a piece of text independent of the answer's length,
 * and leaves the elements of earlier blocks, and what is selected in them, alone.
 */

import { GrowingLexer } from "./growing_lexer.js";

/** @typedef {{ type: string, raw: string }} Block */

/** The last block may still grow, and turn out to be inside the one before it (as in a list). */
const OPEN_BLOCKS = 2;

/** @template {Block} T */
export class BlockSplitter {
  #lexer;
  #finished;
  #settledLength = 0;

  /**
   * @param {(markdown: string) => T[]} lex  blocks whose `raw` texts follow each other in the input
   * @param {(markdown: string) => string} [finished]  gives what has only begun an end, for the open blocks
   */
  constructor(lex, finished = (markdown) => markdown) {
    this.#lexer = new GrowingLexer(lex);
    this.#finished = finished;
  }

  /**
   * @param {string} markdown  all that has arrived so far: what was given before, and more; its lines end with `\n`
   * @returns {{ settled: T[], open: T[] }} blocks that became settled by this call, and those after them
   */
  split(markdown) {
    const blocks = this.#lexer.lex(markdown.slice(this.#settledLength));
    const solid = blocks.flatMap(({ type }, index) => (type === "space" ? [] : [index]));
    const end = solid.at(-OPEN_BLOCKS) ?? 0;
    let count = 0;
    // `raw` is the lexer's word: a block that is not literally in the source is not counted on
    while (count < end && markdown.startsWith(blocks[count].raw, this.#settledLength)) {
      this.#settledLength += blocks[count++].raw.length;
    }
    const rest = markdown.slice(this.#settledLength);
    // the lexer remembers what is complete from where the open blocks begin
    const open = count > 0 ? this.#lexer.lex(rest) : blocks;
    return { settled: blocks.slice(0, count), open: this.#withEnds(rest, open) };
  }

  // Internal

  /**
   * @param {string} rest  the source of the open blocks
   * @param {T[]} open
   */
  #withEnds(rest, open) {
    const { completeLength } = this.#lexer;
    const tail = rest.slice(completeLength);
    const finished = this.#finished(tail);
    return finished === tail ? open : this.#lexer.lex(rest.slice(0, completeLength) + finished);
  }
}

/**
 * The level of a heading inside an answer: below the answer's own heading, and never skipping one.
 * @param {number} depth  as written: 1 for `#`
 * @param {number} previous  level of the heading before it, or of the answer's heading
 */
export function headingLevel(depth, previous) {
  return Math.min(depth + 2, previous + 1, 6);
}
