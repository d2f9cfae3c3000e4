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

/** The beginning of a tag that is drawn, and one whose other half is still to come: see notation.js. */
const HALF_TAG = /<\/?(?:br?|s(?:u[bp]?)?)?\s?\/?$/i;
const OPEN_TAG = /<(su[bp])>[^<\n]{0,500}$/i;

/** Nobody has emphasis in mind that is this long; and the cost of looking stays bounded. */
const MOST_CHARACTERS = 4_000;

/**
 * Without this, `**` would stand there as two characters until the other two have come.
 * @param {string} markdown  blocks that may still change
 * @returns {string} the same, with an end for the emphasis, code, link or image that has none yet
 */
export function closeOpenMarkers(markdown) {
  if (markdown.length > MOST_CHARACTERS) return markdown;
  const whole = markdown.replace(LONE_MARKER, "$1").replace(HALF_TAG, "");
  const open = OPEN_TAG.exec(whole);
  return remend(whole, OPTIONS) + (open ? `</${open[1]}>` : "");
}
