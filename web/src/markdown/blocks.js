/**
 * Splits growing Markdown into blocks that cannot change any more and a tail that still can.
 *
 * Rendering only the tail again makes the cost of a piece of text independent of the answer's length,
 * and leaves the elements of earlier blocks, and what is selected in them, alone.
 */

/** @typedef {{ type: string, raw: string }} Block */

/** The last block may still grow, and blank lines after it may turn out to be inside it (as in a list). */
const OPEN_BLOCKS = 2;

/** @template {Block} T */
export class BlockSplitter {
  #lex;
  #closeOpenMarkers;
  #settledLength = 0;

  /**
   * @param {(markdown: string) => T[]} lex  blocks whose `raw` texts follow each other in the input
   * @param {(markdown: string) => string} [closeOpenMarkers]  for the open blocks
   */
  constructor(lex, closeOpenMarkers = (markdown) => markdown) {
    this.#lex = lex;
    this.#closeOpenMarkers = closeOpenMarkers;
  }

  /**
   * @param {string} markdown  all that has arrived so far: what was given before, and more
   * @returns {{ settled: T[], open: T[] }} blocks that became settled by this call, and those after them
   */
  split(markdown) {
    const source = withUnixLines(markdown);
    const blocks = this.#lex(source.slice(this.#settledLength));
    let count = 0;
    // `raw` is the lexer's word: a block that is not literally in the source is not counted on
    while (count < blocks.length - OPEN_BLOCKS && source.startsWith(blocks[count].raw, this.#settledLength)) {
      this.#settledLength += blocks[count++].raw.length;
    }
    return { settled: blocks.slice(0, count), open: this.#open(source.slice(this.#settledLength), blocks.slice(count)) };
  }

  /**
   * @param {string} rest  the source of the open blocks
   * @param {T[]} blocks
   */
  #open(rest, blocks) {
    const closed = this.#closeOpenMarkers(rest);
    return closed === rest ? blocks : this.#lex(closed);
  }
}

/**
 * The line ends that the lexer counts in. A lone `\r` at the very end may be half of a pair: it waits.
 * @param {string} text
 */
export function withUnixLines(text) {
  return text.replace(/\r$/, "").replace(/\r\n?/g, "\n");
}

/**
 * The level of a heading inside an answer: below the answer's own heading, and never skipping one.
 * @param {number} depth  as written: 1 for `#`
 * @param {number} previous  level of the heading before it, or of the answer's heading
 */
export function headingLevel(depth, previous) {
  return Math.min(depth + 2, previous + 1, 6);
}
