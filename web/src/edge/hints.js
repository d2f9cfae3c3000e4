/**
 * What the service has said of where a conversation is cached, to be sent back with its next question.
 * Kept in this tab only: five minutes later it is worth nothing.
 */

/** @typedef {import("../core/conversation.js").Message} Message */
/** @typedef {{ of(messages: Message[]): string | undefined, keep(messages: Message[], hint: string): void }} Hints */

const MOST = 50;

/** @returns {Hints} */
export function createHints() {
  /** @type {Map<string, string>} by the first words of a conversation */
  const hints = new Map();
  return {
    of: (messages) => hints.get(messages[0]?.content ?? ""),
    keep(messages, hint) {
      const beginning = messages[0]?.content ?? "";
      hints.delete(beginning);
      hints.set(beginning, hint);
      if (hints.size > MOST) hints.delete(/** @type {string} */ (hints.keys().next().value));
    },
  };
}
