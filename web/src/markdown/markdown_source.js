/**
 * Markdown from a model, as the HTML source that it stands for: strings only, not to be trusted yet.
 *
 * Raw HTML is shown as the text that it is, but for what is in notation.js, and an image as its description. A list or a table is a shell with parts,
 * so that one more item does not make the others anew.
 */

import { Marked } from "marked";
import { headingLevel } from "./blocks.js";
import { EXTENSIONS } from "./extensions.js";
import { escaped, withBreaks } from "./notation.js";

/** @typedef {import("marked").Token} Token */
/** @typedef {import("marked").Tokens.List} List */
/** @typedef {import("marked").Tokens.Table} Table */

/**
 * @typedef {object} Source  what a block is made of: equal sources look alike
 * @property {string} shell
 * @property {string[]} parts
 * @property {string} [growing]  the text of a code block that is still coming in
 */

/** The answer's own heading, under which those of its text are. */
const TOP_LEVEL = 2;

const CLOSED_FENCE = /\n {0,3}(?:`{3,}|~{3,})[ \t]*\n*$/;

/** What `marked` gives its renderer no place for: the heading before, and whether the end is the end. */
const context = { level: TOP_LEVEL, isOver: false };

const writtenParts = /** @type {WeakMap<object, string>} */ (new WeakMap());

const marked = new Marked({
  gfm: true,
  renderer: {
    html: ({ text, block }) => (block ? `<p>${withBreaks(escaped(text.trim()))}</p>\n` : withBreaks(escaped(text))),
    image: ({ text }) => escaped(`[image: ${text}]`),
    checkbox: () => "",
    listitem({ tokens, task, checked }) {
      return `<li${task ? ` data-task="${checked ? "done" : "open"}"` : ""}>${this.parser.parse(tokens)}</li>\n`;
    },
    code({ raw, text, lang, codeBlockStyle }) {
      const isOpen = codeBlockStyle !== "indented" && isOpenFence(raw);
      const language = escaped(lang?.split(/\s/)[0] ?? "");
      return `<pre><code data-language="${language}" data-open="${isOpen}">${escaped(text)}</code></pre>\n`;
    },
    heading({ tokens, depth }) {
      context.level = headingLevel(depth, context.level);
      return `<h${context.level}>${this.parser.parseInline(tokens)}</h${context.level}>\n`;
    },
  },
  extensions: EXTENSIONS,
});

/**
 * @param {string} markdown
 * @returns {Token[]}
 */
export function blocksOf(markdown) {
  try {
    return marked.lexer(markdown).filter(({ type }) => type !== "def");
  } catch {
    // nested too deeply for the lexer, in a way that the bounds have missed: nobody meant that to be read
    return [{ type: "html", block: true, pre: false, raw: markdown, text: markdown }];
  }
}

export class SourceWriter {
  #level = TOP_LEVEL;

  /**
   * @param {Token} block
   * @param {boolean} isOver  whether the whole answer is there
   * @param {boolean} isSettled  whether headings to come follow this block's
   * @returns {Source}
   */
  write(block, isOver, isSettled) {
    context.level = this.#level;
    context.isOver = isOver;
    const source = sourceOf(block);
    if (isSettled) this.#level = context.level;
    return source;
  }
}

/** @param {Token} block */
function sourceOf(block) {
  if (block.type === "list") {
    const list = /** @type {List} */ (block);
    const parts = list.items.map((item) => written(item, () => itemOf(marked.parser([{ ...list, items: [item] }]))));
    const start = list.ordered && list.start !== 1 ? ` start="${Number(list.start) || 1}"` : "";
    return { shell: list.ordered ? `<ol${start}></ol>` : "<ul></ul>", parts };
  }
  if (block.type === "table") {
    const table = /** @type {Table} */ (block);
    const head = marked.parser([{ ...table, rows: [] }]);
    // an empty row says nothing; most often it is one that is just beginning
    const said = table.rows.filter((row) => row.some(({ text }) => text));
    const rows = said.map((row) => written(row, () => rowOf(marked.parser([{ ...table, rows: [row] }]))));
    return { shell: head.replace(/<\/table>\s*$/, "<tbody></tbody></table>"), parts: rows };
  }
  const source = { shell: "", parts: [marked.parser([block])] };
  return block.type === "code" && isOpenFence(block.raw) ? { ...source, growing: block.text } : source;
}

/** @param {string} raw */
function isOpenFence(raw) {
  return !context.isOver && !CLOSED_FENCE.test(raw);
}

/**
 * The HTML of an item or a row: made once, for those that are complete stay the very same.
 * @param {object} part
 * @param {() => string} write
 */
function written(part, write) {
  const html = writtenParts.get(part) ?? write();
  writtenParts.set(part, html);
  return html;
}

/** @param {string} html  a list of one item */
function itemOf(html) {
  return html.slice(html.indexOf("<li"), html.lastIndexOf("</li>") + 5);
}

/** @param {string} html  a table of one row */
function rowOf(html) {
  return html.slice(html.indexOf("<tr>", html.indexOf("<tbody>")), html.lastIndexOf("</tr>") + 5);
}
