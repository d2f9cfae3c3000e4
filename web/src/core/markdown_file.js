/**
 * The Markdown form of exported conversations: pleasant to read, and exact to read back.
 *
 * 1. A marker is a line that begins with `<!-- nexus:`, which no viewer shows. `NEXT` says in which order they come.
 * 2. What is between a question or an answer and its end is its text, with a blank line around it.
 * 3. In a text, a line that looks like a marker has a backslash before it, and one with backslashes before it has one
 *    more: no text can forge a marker.
 * 4. Everything else, such as headings, is for people, and is not read back.
 * 5. An attached file is a block of code under its name.
 * 6. A conversation says how many exchanges there are from it to the end of the file: one that was cut off is known by that.
 * 7. Lines end with `\n` only: a carriage return belongs to its text.
 */

import { fenced, unfenced } from "./attachments.js";
import { titleOf } from "./library.js";

/** @typedef {import("./archive.js").Entry} Entry */

const MARK = "<!-- nexus:";
const MARK_IN_TEXT = /(^|\n)(\\*<!-- nexus:)/g;
const MARK_ESCAPED = /(^|\n)\\(\\*<!-- nexus:)/g;

const NEXT = /** @type {Record<string, readonly string[]>} */ ({
  conversation: ["question"],
  question: ["question-end"],
  "question-end": ["attachment", "answer"],
  attachment: ["attachment-end"],
  "attachment-end": ["attachment", "answer"],
  answer: ["answer-end"],
  "answer-end": ["question", "conversation"],
});
const LAST = "answer-end";

/**
 * What a file says to people, in their language.
 * @typedef {object} FileWords
 * @property {string} you
 * @property {string} youInVersion  where it belongs to another version than the open one
 * @property {string} answerer
 * @property {string} untitled
 * @property {string} noAnswer
 * @property {Record<string, string>} endings  of answers, by their state
 */

/**
 * @param {readonly Entry[]} entries
 * @param {number} version
 * @param {FileWords} words
 * @returns {string}
 */
export function markdownOf(entries, version, words) {
  const counts = entries.map(({ exchanges, other_versions: others = [] }) => exchanges.length + others.length);
  const leftFrom = (/** @type {number} */ index) => counts.slice(index).reduce((sum, count) => sum + count, 0);
  return entries.map((entry, index) => `${conversation(entry, version, leftFrom(index), words)}\n`).join("\n");
}

/** @param {string} file */
export function isMarkdown(file) {
  return file.startsWith(`${MARK}conversation `);
}

/**
 * @param {string} file  one that `isMarkdown`
 * @returns {{ version: unknown, isCut: boolean, conversations: unknown[] }} what may be entries: nothing is validated, and null is a damaged one
 */
export function readMarkdown(file) {
  // an editor or a version control system may have changed every line end
  const isConverted = /^[^\n]*\r\n/.test(file);
  const sections = `\n${isConverted ? file.replaceAll("\r\n", "\n") : file}`.split(`\n${MARK}`).slice(1);
  const conversations = /** @type {any[]} */ ([]);
  let before = LAST;
  let turn = /** @type {{ follows?: unknown, attachments?: object[] }} */ ({});
  for (const section of sections) {
    const { kind, fields, text } = readSection(section);
    const isNext = NEXT[before].includes(kind);
    before = isNext ? kind : "";
    if (!isNext) break;
    const { exchanges, other_versions: others } = conversations.at(-1) ?? {};
    if (kind === "conversation") conversations.push({ ...fields, exchanges: [], other_versions: [] });
    else if (kind === "question") turn = { ...fields, question: text };
    else if (kind === "attachment") (turn.attachments ??= []).push({ ...fields, text: unfenced(text) });
    else if (kind === "answer") (turn.follows === undefined ? exchanges : others).push({ ...turn, answer: { ...fields, text } });
  }
  const { version } = conversations[0] ?? {};
  if (before !== LAST) conversations.splice(-1, 1, null);
  const { exchanges_left: left = 0, exchanges = [], other_versions: others = [] } = Object(conversations.at(-1)); // earlier pages did not write how many
  return { version, isCut: left > exchanges.length + others.length, conversations };
}

// Writing

/** @param {Entry} entry @param {number} version @param {number} left  exchanges, from this conversation on @param {FileWords} words */
function conversation({ exchanges, other_versions: others = [], ...fields }, version, left, words) {
  const title = (titleOf({ exchanges, ...fields }) || words.untitled).replace(/\s+/g, " ");
  const turns = [...exchanges, ...others].flatMap(({ question, attachments = [], answer: { text, ...ending }, ...place }) => [
    ...turn(`## ${"follows" in place ? words.youInVersion : words.you}`, "question", Object.keys(place).length ? place : undefined, question, ""),
    ...attachments.flatMap(({ name, text }) => turn(`### ${name}`, "attachment", { name }, fenced(text, name), "")),
    ...turn(`## ${words.answerer}`, "answer", ending, text, text ? words.endings[ending.state] : words.noAnswer),
  ]);
  return [marker("conversation", { version, exchanges_left: left, ...fields }), `# ${title}`, ...turns].join("\n\n");
}

/**
 * @param {string} heading
 * @param {string} kind
 * @param {object | undefined} fields
 * @param {string} text
 * @param {string} note
 */
function turn(heading, kind, fields, text, note) {
  const escaped = text.replace(MARK_IN_TEXT, "$1\\$2");
  return [heading, marker(kind, fields), escaped, marker(`${kind}-end`), ...[openFence(text), note].filter(Boolean)];
}

/** @param {string} kind @param {object} [fields] */
function marker(kind, fields) {
  // nothing in the fields may end the comment
  const json = fields ? ` ${JSON.stringify(fields).replaceAll("<", "\\u003c").replaceAll(">", "\\u003e")}` : "";
  return `${MARK}${kind}${json} -->`;
}

/**
 * The fence of code that a text does not close, such as that of an answer that broke off: what follows is not code.
 * Only one at the very left: one in a list or a quotation ends with that.
 * @param {string} text
 */
function openFence(text) {
  let open = "";
  for (const line of text.split(/\r\n?|\n/)) {
    const [, indent, fence, info] = /^( {0,3})(`{3,}|~{3,})([^]*)/.exec(line) ?? [];
    if (!fence) continue;
    if (open) open = fence.startsWith(open) && info.trim() === "" ? "" : open;
    else if (!indent && (fence.startsWith("~") || !info.includes("`"))) open = fence;
  }
  return open;
}

// Reading

/** @param {string} section  a marker without its beginning, and what follows it */
function readSection(section) {
  const [line, kind = "", json = ""] = /^([\w-]+)(?: ([^\n]*))? -->(?:\n|$)/.exec(section) ?? [""];
  const text = section.slice(line.length).replace(/^\n/, "").replace(/\n$/, "").replace(MARK_ESCAPED, "$1$2");
  return { kind, fields: parsed(json), text };
}

/** @param {string} json */
function parsed(json) {
  try {
    return Object(JSON.parse(json));
  } catch {
    return {};
  }
}
