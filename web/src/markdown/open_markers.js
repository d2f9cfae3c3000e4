/** The end of Markdown that is still coming in, as it will most likely look: what is begun is closed. */

import remend from "remend";

/** What is begun without being sure, such as a formula or raw HTML, stays the text that it is. */
const OPTIONS = /** @type {const} */ ({
  linkMode: "text-only",
  katex: false,
  inlineKatex: false,
  htmlTags: false,
  comparisonOperators: false,
  singleTilde: false,
});

/** The beginning of a marker, or of an item, with nothing after it yet. */
const LONE_MARKER = /(^|\s)[*_~`]{1,3}$/;

/** Nobody has emphasis in mind that is this long; and the cost of looking stays bounded. */
const MOST_CHARACTERS = 4_000;

/**
 * Without this, `**` would stand there as two characters until the other two have come.
 * @param {string} markdown  blocks that may still change
 * @returns {string} the same, with an end for the emphasis, code, link or image that has none yet
 */
export function closeOpenMarkers(markdown) {
  return markdown.length > MOST_CHARACTERS ? markdown : remend(markdown.replace(LONE_MARKER, "$1"), OPTIONS);
}
