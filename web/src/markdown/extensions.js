/** Formulas, footnotes, and what stands below or above the line, as `marked` reads and writes them. */

import { blockMathAt, blockMathStart, inlineMathAt, inlineMathStart } from "./math.js";
import { escaped, markAt, noteAt, noteStart, scriptAt } from "./notation.js";

/** @typedef {import("marked").TokenizerThis["lexer"]} Lexer */

/** @type {import("marked").TokenizerAndRendererExtension[]} */
export const EXTENSIONS = [
  mathExtension("mathBlock", "block", blockMathStart, blockMathAt),
  mathExtension("mathInline", "inline", inlineMathStart, inlineMathAt),
  {
    ...extension("script", "inline", null, (src, lexer) => {
      const script = scriptAt(src);
      return script && { ...script, tokens: lexer.inlineTokens(script.text) };
    }),
    renderer({ tag, tokens = [] }) {
      return `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`;
    },
  },
  {
    ...extension("footnoteMark", "inline", null, (src, lexer) => markAt(src, (name) => `^${name}` in lexer.tokens.links)),
    renderer: ({ name }) => `<sup>[${name}]</sup>`,
  },
  {
    ...extension("footnote", "block", noteStart, (src, lexer) => {
      const note = noteAt(src);
      if (!note) return null;
      lexer.tokens.links[`^${note.name}`] = { href: "", title: null };
      return { ...note, tokens: lexer.inline(note.text) };
    }),
    renderer({ name, tokens = [] }) {
      return `<p><small><sup>[${name}]</sup> ${this.parser.parseInline(tokens)}</small></p>\n`;
    },
  },
];

/**
 * @param {string} name
 * @param {"block" | "inline"} level
 * @param {((src: string) => number) | null} start  null for what begins with a mark at which the lexer ends a text by itself
 * @param {(src: string, lexer: Lexer) => { raw: string } | null} at
 * @returns {import("marked").TokenizerExtension}
 */
function extension(name, level, start, at) {
  return {
    name,
    level,
    ...(start && {
      start(src) {
        const index = start(src);
        return index < 0 ? undefined : index;
      },
    }),
    tokenizer(src) {
      const found = at(src, this.lexer);
      return found ? { type: name, ...found } : undefined;
    },
  };
}

/**
 * @param {string} name
 * @param {"block" | "inline"} level
 * @param {(src: string) => number} start
 * @param {(src: string) => import("./math.js").Formula | null} at
 * @returns {import("marked").TokenizerAndRendererExtension}
 */
function mathExtension(name, level, start, at) {
  return {
    ...extension(name, level, start, at),
    renderer({ raw, tex, isDisplay, isOpen }) {
      if (isOpen) return `<p>${escaped(raw)}</p>\n`;
      const code = `<code data-math="${isDisplay ? "display" : "text"}">${escaped(tex)}</code>`;
      return level === "block" ? `<p>${code}</p>\n` : code;
    },
  };
}
