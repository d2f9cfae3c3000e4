/** How much of a conversation the service takes: the oldest exchanges are left out first. */

/** @typedef {import("./conversation.js").Message} Message */

/** The service's own limits, see docs/api.md. */
const SERVICE_LIMITS = { messages: 200, characters: 400_000 };

/** A question and its answer. */
const EXCHANGE_LENGTH = 2;

/**
 * @param {Message[]} messages  pairs of question and answer, and then what is open
 * @param {number} open  how many messages at the end are open, and stay in any case
 * @param {{ messages: number, characters: number }} [limits]
 * @returns {Message[]} the newest that fit
 */
export function trimmed(messages, open, limits = SERVICE_LIMITS) {
  let characters = messages.reduce((sum, { content }) => sum + content.length, 0);
  let start = 0;
  const isTooMuch = () => messages.length - start > limits.messages || characters > limits.characters;
  while (isTooMuch() && messages.length - start >= open + EXCHANGE_LENGTH) {
    for (const { content } of messages.slice(start, start + EXCHANGE_LENGTH)) characters -= content.length;
    start += EXCHANGE_LENGTH;
  }
  return messages.slice(start);
}
