/** Markdown without its marks: to be pasted where nobody draws it, or to be read aloud. */

import { Bounds } from "./bounds.js";
import { blocksOf } from "./markdown_source.js";

/** @typedef {{ isSpoken: boolean }} Use  what is spoken has no code, and no addresses of links */

/** What browsers would draw as the sign that it names. */
const ENTITIES = /** @type {Record<string, string>} */ ({ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" });
const ENTITY = /&(amp|lt|gt|quot|apos|nbsp);/g;
const RULE = "---";

/**
 * @param {string} markdown
 * @param {Partial<Use>} [use]
 * @returns {string} a blank line between blocks, a tab between the cells of a table
 */
export function plainText(markdown, { isSpoken = false } = {}) {
  return blocksText(blocksOf(new Bounds().apply(markdown)), { isSpoken });
}

/** @param {readonly any[]} blocks @param {Use} use @param {string} [gap] */
function blocksText(blocks, use, gap = "\n\n") {
  return blocks.map((block) => blockText(block, use)).filter(Boolean).join(gap);
}

/** @param {any} block @param {Use} use @returns {string} */
function blockText(block, use) {
  switch (block.type) {
    case "space":
      return "";
    case "code":
      return use.isSpoken ? "" : block.text;
    case "hr":
      return use.isSpoken ? "" : RULE;
    case "blockquote":
      return blocksText(block.tokens, use);
    case "list":
      return block.items.map((/** @type {any} */ item, /** @type {number} */ index) => itemText(block, item, index, use)).join("\n");
    case "table":
      return [block.header, ...block.rows].map((row) => row.map((/** @type {any} */ cell) => inlineText(cell.tokens, use)).join("\t")).join("\n");
    case "mathBlock":
      return block.tex;
    case "footnote":
      return `[${block.name}] ${inlineText(block.tokens, use)}`;
    default:
      return block.tokens ? inlineText(block.tokens, use) : wordsOf(block.text);
  }
}

/** @param {any} list @param {any} item @param {number} index @param {Use} use */
function itemText(list, item, index, use) {
  const mark = list.ordered ? `${(Number(list.start) || 1) + index}. ` : use.isSpoken ? "" : "- ";
  const box = item.task ? (item.checked ? "☑ " : "☐ ") : "";
  const text = blocksText(item.tokens.filter((/** @type {any} */ { type }) => type !== "checkbox"), use, "\n");
  return `${mark}${box}${text}`.replaceAll("\n", `\n${" ".repeat(mark.length)}`);
}

/** @param {readonly any[]} tokens @param {Use} use @returns {string} */
function inlineText(tokens, use) {
  return tokens.map((token) => wordText(token, use)).join("");
}

/** @param {any} token @param {Use} use */
function wordText(token, use) {
  switch (token.type) {
    case "br":
      return "\n";
    case "checkbox":
      return "";
    case "codespan":
      return token.text;
    case "image":
      return `[image: ${token.text}]`;
    case "link":
      return linkText(token, use);
    case "mathInline":
      return token.tex;
    case "footnoteMark":
      return use.isSpoken ? "" : `[${token.name}]`;
    default:
      return token.tokens ? inlineText(token.tokens, use) : wordsOf(token.text);
  }
}

/** @param {any} link @param {Use} use */
function linkText({ href, tokens }, use) {
  const text = inlineText(tokens, use);
  return use.isSpoken || href === text || href === `mailto:${text}` ? text : `${text} (${href})`;
}

/** @param {string} text */
function wordsOf(text) {
  return text.replace(/<br\s*\/?>/gi, "\n").replace(ENTITY, (_, name) => ENTITIES[name]);
}
