/**
 * What models write beyond Markdown: `<br>`, `<sub>` and `<sup>`, footnotes.
 *
 * A tag is one only where it is written bare, and the other two only in pairs; everything else in angle brackets is text.
 */

/** @typedef {{ raw: string, tag: "sub" | "sup", text: string }} Script */
/** @typedef {{ raw: string, name: string, text: string }} Footnote */

const BREAK = /&#60;br ?\/?&#62;/gi;
const SCRIPT = /^<(sub|sup)>([^\n]{1,500}?)<\/\1>/i;
const MARK = /^\[\^([\w-]{1,32})\](?!\()/;
const NOTE = /^ {0,3}\[\^([\w-]{1,32})\]:[ \t]*((?:[^\n]+)(?:\n(?! {0,3}\[\^)[ \t]*[^\s][^\n]*)*)(?:\n+|$)/;

/** @param {string} html  text whose brackets are escaped */
export function withBreaks(html) {
  return html.replace(BREAK, "<br>");
}

/**
 * @param {string} src  text within a line
 * @returns {Script | null} what is below or above the line
 */
export function scriptAt(src) {
  const match = SCRIPT.exec(src);
  return match && { raw: match[0], tag: /** @type {"sub" | "sup"} */ (match[1].toLowerCase()), text: match[2] };
}

/**
 * A number refers to a note wherever that is; a word may be anything, unless there is a note of that name.
 * @param {string} src  text within a line
 * @param {(name: string) => boolean} isNote
 * @returns {Footnote | null} where a note is referred to
 */
export function markAt(src, isNote) {
  const match = MARK.exec(src);
  const isMark = match && (/^\d+$/.test(match[1]) || isNote(match[1]));
  return isMark ? { raw: match[0], name: match[1], text: "" } : null;
}

/**
 * @param {string} src  text from the beginning of a line
 * @returns {Footnote | null} the note itself
 */
export function noteAt(src) {
  const match = NOTE.exec(src);
  return match && { raw: match[0], name: match[1], text: match[2] };
}

/** Where a paragraph is interrupted by a note; -1 for nowhere. @param {string} src */
export function noteStart(src) {
  return paragraphOf(src).search(/\n {0,3}\[\^[\w-]{1,32}\]:/);
}

/** All that may be one paragraph: what follows a blank line is not looked through for each paragraph before it. @param {string} src */
export function paragraphOf(src) {
  const blank = src.indexOf("\n\n");
  return blank < 0 ? src : src.slice(0, blank);
}

/** @param {string} text */
export function escaped(text) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
