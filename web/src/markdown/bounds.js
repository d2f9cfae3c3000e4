/**
 * Keeps Markdown within what can be parsed and laid out in no time, whoever wrote it.
 *
 * Line by line, so that what has been dealt with stays dealt with while more arrives, and outside of fenced code:
 * 1. a line opens at most `MAX_NESTING` quotes and lists, and is indented by at most `MAX_INDENT` columns;
 * 2. a line of more than `MAX_LINE_CHARS` is cut into paragraphs.
 */

const MAX_NESTING = 24;
const MAX_INDENT = 48;
const MAX_LINE_CHARS = 4_000;

const FENCE = /^[\s>]*(?:(?:[-*+]|\d{1,9}[.)])\s+)*(`{3,}|~{3,})/;
const CONTAINERS = /^(?:[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t])))+/;
const CONTAINER = /[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t]))/y;

export class Bounds {
  #read = 0;
  #done = "";
  #fence = "";

  /**
   * @param {string} markdown  all that has arrived so far: what was given before, and more
   * @returns {string} the same within bounds; what it was before, and more, except for the last line
   */
  apply(markdown) {
    // a lone `\r` at the very end may be half of a pair: it waits
    const end = Math.max(markdown.lastIndexOf("\n"), markdown.lastIndexOf("\r", markdown.length - 2)) + 1;
    if (end > this.#read) {
      const lines = withUnixLines(markdown.slice(this.#read, end)).split("\n").slice(0, -1);
      for (const line of lines) {
        this.#done += `${this.#bounded(line)}\n`;
        this.#followFence(line);
      }
      this.#read = end;
    }
    return this.#done + this.#bounded(markdown.slice(this.#read).replace(/\r$/, ""));
  }

  // Internal

  /** @param {string} line */
  #followFence(line) {
    const mark = FENCE.exec(line)?.[1];
    if (!mark) return;
    if (!this.#fence) this.#fence = mark;
    else if (mark.startsWith(this.#fence) && line.trimEnd().endsWith(mark)) this.#fence = "";
  }

  /** @param {string} line */
  #bounded(line) {
    if (this.#fence) return line;
    const bounded = withFewerContainers(withLessIndent(line));
    return bounded.length <= MAX_LINE_CHARS ? bounded : inPieces(bounded).map(withFewerContainers).join("\n\n");
  }
}

/** @param {string} line */
function withLessIndent(line) {
  const indent = line.length - line.trimStart().length;
  return indent > MAX_INDENT ? " ".repeat(MAX_INDENT) + line.trimStart() : line;
}

/** @param {string} line */
function withFewerContainers(line) {
  const prefix = CONTAINERS.exec(line)?.[0];
  if (!prefix || prefix.length <= MAX_NESTING) return line;
  CONTAINER.lastIndex = 0;
  for (let count = 0; count < MAX_NESTING; count++) if (!CONTAINER.test(line)) return line;
  const end = CONTAINER.lastIndex;
  if (!CONTAINER.test(line)) return line;
  const rest = line.slice(end).trimStart();
  return isRule(line) ? line : `${line.slice(0, end)} \\${rest}`;
}

/** @param {string} line  a thematic break is made of what may also open lists */
function isRule(line) {
  return /^[ \t]*(?:[-*][ \t]*)+$/.test(line);
}

/**
 * Cut where there is a space, if there is one in the second half of a piece.
 * @param {string} line
 */
function inPieces(line) {
  const pieces = [];
  let start = 0;
  while (line.length - start > MAX_LINE_CHARS) {
    const space = line.lastIndexOf(" ", start + MAX_LINE_CHARS);
    let end = space > start + MAX_LINE_CHARS / 2 ? space + 1 : start + MAX_LINE_CHARS;
    if (/[\ud800-\udbff]/.test(line[end - 1])) end -= 1;
    pieces.push(line.slice(start, end).trimEnd());
    start = end;
  }
  return [...pieces, line.slice(start)];
}

/**
 * The line ends that the lexer counts in.
 * @param {string} text
 */
function withUnixLines(text) {
  return text.replace(/\r\n?/g, "\n");
}
