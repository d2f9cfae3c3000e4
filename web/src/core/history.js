/** How much of a conversation the service takes: the oldest exchanges are left out first. */

/** @typedef {import("./conversation.js").Message} Message */
/** @typedef {{ messages: number, characters: number, messageCharacters: number, bytes: number }} Limits */

/**
 * The service's own limits, see docs/configuration.md.
 * @type {Limits}
 */
const SERVICE_LIMITS = { messages: 200, characters: 400_000, messageCharacters: 100_000, bytes: 1_048_576 };

/** More than the body has around its messages. */
const ENVELOPE_BYTES = 100;

/** A question and its answer. */
const EXCHANGE_LENGTH = 2;

/**
 * @param {Message[]} messages  pairs of question and answer, and then what is open
 * @param {number} open  how many messages at the end are open, and stay in any case
 * @param {Limits} [limits]
 * @returns {Message[]} the newest that fit
 */
export function trimmed(messages, open, limits = SERVICE_LIMITS) {
  let start = Math.max(0, messages.length - open);
  start -= start % EXCHANGE_LENGTH; // no exchange is cut in two
  let sizes = messages.slice(start).map(sizeOf);
  while (start >= EXCHANGE_LENGTH) {
    const more = [...messages.slice(start - EXCHANGE_LENGTH, start).map(sizeOf), ...sizes];
    if (!fit(more, limits)) break;
    start -= EXCHANGE_LENGTH;
    sizes = more;
  }
  return messages.slice(start);
}

/** Most scripts of the world take three bytes a character. @param {Message} message */
function sizeOf(message) {
  const comma = 1;
  return { characters: message.content.length, bytes: new TextEncoder().encode(JSON.stringify(message)).length + comma };
}

/** @param {ReturnType<typeof sizeOf>[]} sizes @param {Limits} limits */
function fit(sizes, limits) {
  const characters = sizes.reduce((sum, size) => sum + size.characters, 0);
  const bytes = sizes.reduce((sum, size) => sum + size.bytes, ENVELOPE_BYTES);
  const isEachShort = sizes.every((size) => size.characters <= limits.messageCharacters);
  return isEachShort && sizes.length <= limits.messages && characters <= limits.characters && bytes <= limits.bytes;
}
