/**
 * Text files that belong to a question: what is taken, and how it is sent.
 *
 * 1. A conversation holds only names and lengths. Contents are kept apart, so that saving it costs the same with a big file.
 * 2. A file is UTF-8 text or it is refused; nothing is guessed.
 * 3. All files of a question, and its words, fit into one message of the service.
 */

/**
 * @typedef {object} Attachment
 * @property {string} id  under which its contents are kept
 * @property {string} name
 * @property {number} characters
 */

/** @typedef {"binary" | "empty" | "not_utf8" | "too_large" | "too_many" | "unreadable"} Refusal */
/** @typedef {{ name: string, text: string }} NamedText */

export const MOST_FILES = 10;
/** What the service takes, see docs/configuration.md. */
const MESSAGE_CHARACTERS = 100_000;
/** The rest is for words. */
export const MOST_CHARACTERS = 90_000;
/** Its name, and the fence around it. */
const ENVELOPE_CHARACTERS = 250;
/** Of UTF-8; a larger file is not even read. */
export const MOST_BYTES = 4 * MOST_CHARACTERS;

const NAME_LENGTH = 100;
// eslint-disable-next-line no-control-regex -- those are what no text has
const BINARY = /[\0-\x08\x0e-\x1a\x1c-\x1f]/;
const EXTENSION = /\.(\w{1,12})$/;
const LINE_BREAKS = /[\p{C}\p{Zl}\p{Zp}]+/gu;

/**
 * @param {Uint8Array} bytes
 * @returns {{ text: string } | { refusal: Refusal }}
 */
export function textOf(bytes) {
  if (bytes.length === 0) return { refusal: "empty" };
  if (bytes.includes(0) && !isUtf16(bytes)) return { refusal: "binary" };
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return BINARY.test(text) ? { refusal: "binary" } : { text };
  } catch {
    return { refusal: "not_utf8" };
  }
}

/** By its byte order mark. @param {Uint8Array} bytes */
function isUtf16([first, second]) {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

/**
 * @param {readonly Attachment[]} attached  already
 * @param {number} characters  of one more
 * @returns {Refusal | null}
 */
export function refusalOf(attached, characters) {
  if (attached.length >= MOST_FILES) return "too_many";
  return charactersOf(attached) + characters > MOST_CHARACTERS ? "too_large" : null;
}

/** @param {string} question @param {readonly Attachment[]} attached */
export function fitsWith(question, attached) {
  return question.length + charactersOf(attached) + attached.length * ENVELOPE_CHARACTERS <= MESSAGE_CHARACTERS;
}

/** @param {readonly Attachment[]} attached */
export function charactersOf(attached) {
  return attached.reduce((sum, { characters }) => sum + characters, 0);
}

/** One line, as it is shown and sent. @param {string} name */
export function shownName(name) {
  return name.replace(LINE_BREAKS, " ").trim().slice(-NAME_LENGTH);
}

/**
 * A question as the service gets it: its words, then each file under its name.
 * @param {string} question
 * @param {readonly NamedText[]} files
 */
export function withFiles(question, files) {
  return [question, ...files.map(({ name, text }) => `${name}:\n${fenced(text, name)}`)].join("\n\n");
}

/**
 * @param {string} text
 * @param {string} name  says what it is written in
 * @returns {string} Markdown: no line of the text can end it
 */
export function fenced(text, name) {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${EXTENSION.exec(name)?.[1] ?? ""}\n${text}\n${fence}`;
}

/** @param {string} block  that is `fenced` */
export function unfenced(block) {
  return block.slice(block.indexOf("\n") + 1, block.lastIndexOf("\n"));
}
