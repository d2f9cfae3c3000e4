/**
 * Markdown from a model, made into elements that can do no harm.
 *
 * What a model writes may be written by whoever wrote what it read. So:
 * 1. raw HTML is shown as the text that it is, and an image as its description: nothing is loaded;
 * 2. what `marked` makes of the rest goes through DOMPurify, which keeps listed elements and attributes only;
 * 3. links go to the web or to mail, open apart from the page and tell it nothing.
 */

import DOMPurify from "dompurify";
import { Marked } from "marked";
import { headingLevel } from "../core/blocks.js";
import { equip } from "./code_block.js";

/** @typedef {import("marked").Token} Token */

/** The answer's own heading, under which those of its text are. */
export const TOP_LEVEL = 2;

const SANITISER_OPTIONS = {
  ALLOWED_TAGS: [
    ..."a blockquote br code del em h3 h4 h5 h6 hr li ol p pre strong".split(" "),
    ..."table tbody td th thead tr ul".split(" "),
  ],
  ALLOWED_ATTR: ["align", "data-language", "href", "start"],
  // the others are no addresses, and not to be held against the pattern below
  ADD_URI_SAFE_ATTR: ["align", "data-language", "start"],
  ALLOW_ARIA_ATTR: false,
  ALLOW_DATA_ATTR: false,
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
};

/** Level of the heading that was rendered last; `marked` gives its renderer no context of ours. */
let lastLevel = TOP_LEVEL;

const marked = new Marked({
  gfm: true,
  renderer: {
    html: ({ text, block }) => (block ? `<p>${escaped(text.trim())}</p>\n` : escaped(text)),
    image: ({ text }) => escaped(`[image: ${text}]`),
    checkbox: ({ checked }) => (checked ? "☑ " : "☐ "),
    code: ({ text, lang }) => `<pre><code data-language="${escaped(lang?.split(/\s/)[0] ?? "")}">${escaped(text)}</code></pre>\n`,
    heading({ tokens, depth }) {
      lastLevel = headingLevel(depth, lastLevel);
      return `<h${lastLevel}>${this.parser.parseInline(tokens)}</h${lastLevel}>\n`;
    },
  },
});

/**
 * @param {string} markdown
 * @returns {Token[]}
 */
export function blocksOf(markdown) {
  return marked.lexer(markdown);
}

/**
 * @param {Token[]} blocks
 * @param {number} level  of the heading before them
 * @param {boolean} isSettled  whether they will not change any more, and may have buttons
 */
export function elementsOf(blocks, level, isSettled) {
  lastLevel = level;
  const source = marked.parser(blocks);
  const fragment = DOMPurify.sanitize(source, { ...SANITISER_OPTIONS, RETURN_DOM_FRAGMENT: true });
  for (const link of fragment.querySelectorAll("a")) secure(link);
  equip(fragment, isSettled);
  return { fragment, source, lastLevel };
}

/** @param {HTMLAnchorElement} link */
function secure(link) {
  if (!link.hasAttribute("href")) return link.replaceWith(...link.childNodes);
  link.rel = "noopener noreferrer nofollow";
  link.target = "_blank";
  link.referrerPolicy = "no-referrer";
  // text and target of a link may differ: the target can be looked at before it is followed
  link.title = link.href;
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
