/** Under which names the words are kept that a visitor has not sent. */

/** Of a conversation that has not begun. */
export const NEW_DRAFT = "new";

/** @param {string} id  of an exchange whose question, or a conversation whose title, is being rewritten */
export function editKey(id) {
  return `edit.${id}`;
}

/**
 * Of a conversation: its textbox, its title, its questions.
 * @param {import("../core/stored_conversation.js").StoredConversation} conversation
 */
export function keysOf({ id, exchanges }) {
  return [id, ...[id, ...exchanges.map((exchange) => exchange.id)].map(editKey)];
}
