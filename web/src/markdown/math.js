/**
 * Where TeX is in Markdown: `$$…$$` and `\[…\]` on lines of their own, `$…$`, `\(…\)` and `$$…$$` within a line.
 *
 * 1. A dollar sign is a price until proven otherwise: see `isLikelyTex`.
 * 2. TeX knows no blank lines in a formula, so a blank line ends the search, and what follows cannot be swallowed.
 * 3. A formula on its own lines that is not closed yet is one block, which keeps its lines out of lists and headings.
 */

import { paragraphOf } from "./notation.js";

/** @typedef {{ raw: string, tex: string, isDisplay: boolean, isOpen: boolean }} Formula */

/** Longer formulas are typeset for seconds, or are none. */
const MAX_BLOCK_CHARS = 4_000;

const BLOCK_START = /^ {0,3}(\$\$|\\\[)/;
const BLOCK_ENDS = /** @type {Record<string, string>} */ ({ "$$": "$$", "\\[": "\\]" });
const BLANK_LINE = /\n[ \t]*\n/;
const INLINE = [/^\\\(([^\n]{1,1000}?)\\\)/, /^\$(?![\s$])([^\n$]{1,500}?)(?<![\s\\])\$(?![\w$])/];
const INLINE_DISPLAY = [/^\$\$([^\n$]{1,1000}?)\$\$(?!\$)/, /^\\\[([^\n]{1,1000}?)\\\]/];
const SIGN_OF_TEX = /^\w$|^\d+$|^[a-z]\w?'*\(|[\\^_={}+\-*/<>|]/i;
const SENTENCE = /[a-z]{2,}[ ,.;:]+[a-z]{2,}/i;

/**
 * @param {string} src  text from the beginning of a line
 * @returns {Formula | null}
 */
export function blockMathAt(src) {
  const opening = BLOCK_START.exec(src);
  if (!opening) return null;
  const begin = opening[0].length;
  const near = src.slice(0, MAX_BLOCK_CHARS);
  const limit = BLANK_LINE.exec(near)?.index ?? near.length;
  const part = src.slice(0, limit);
  const closing = BLOCK_ENDS[opening[1]];
  const end = part.indexOf(closing, begin);
  if (end < 0) {
    const isCut = limit < src.length;
    return isCut ? null : { raw: part, tex: part.slice(begin), isDisplay: true, isOpen: true };
  }
  const tex = part.slice(begin, end).trim();
  const rest = /^[ \t]*(\n|$)/.exec(src.slice(end + closing.length));
  return tex && rest ? { raw: src.slice(0, end + closing.length + rest[0].length), tex, isDisplay: true, isOpen: false } : null;
}

/**
 * Where a paragraph is interrupted by a formula on its own lines; -1 for nowhere.
 * @param {string} src
 */
export function blockMathStart(src) {
  for (const { index } of paragraphOf(src).matchAll(/\n(?= {0,3}(?:\$\$|\\\[))/g)) if (blockMathAt(src.slice(index + 1))) return index;
  return -1;
}

/**
 * @param {string} src  text within a line
 * @returns {Formula | null}
 */
export function inlineMathAt(src) {
  for (const pattern of INLINE_DISPLAY) {
    const match = pattern.exec(src);
    if (match) return { raw: match[0], tex: match[1].trim(), isDisplay: true, isOpen: false };
  }
  for (const pattern of INLINE) {
    const match = pattern.exec(src);
    if (match && (match[0].startsWith("\\") || isLikelyTex(match[1]))) {
      return { raw: match[0], tex: match[1].trim(), isDisplay: false, isOpen: false };
    }
  }
  return null;
}

/**
 * The next place within a line where a formula may begin; -1 for none. It looks no further than the lexer's own next stop,
 * where it is asked again: that keeps the cost of a long line in proportion to its length.
 * @param {string} src
 */
export function inlineMathStart(src) {
  return src.includes("$") ? src.search(/(?<![\w$])\$|[\\<![`*~_]/) : -1;
}

/**
 * Whether what stands between two dollar signs is a formula, and not what somebody paid.
 * @param {string} text
 */
export function isLikelyTex(text) {
  return SIGN_OF_TEX.test(text) && (text.includes("\\") || !SENTENCE.test(text));
}
