/** Under which names the words and the files are kept that a visitor has not sent. */

import { nodesOf } from "../core/versions.js";

/** @typedef {import("../core/attachments.js").Attachment} Attachment */
/** @typedef {import("./ports.js").Ports["drafts"]} Drafts */

/** Of a conversation that has not begun. */
export const NEW_DRAFT = "new";
/** Under the edit key of this name is the question in which something was written last, until that is done. */
export const BEGUN = "begun";

/** @param {string} id  of an exchange whose question, or a conversation whose title, is being rewritten */
export function editKey(id) {
  return `edit.${id}`;
}

/** @param {string} key  of a draft to which files are attached */
function filesKey(key) {
  return `files.${key}`;
}

/**
 * @param {Drafts} drafts
 * @param {string} key
 * @param {string} words
 * @param {readonly Attachment[]} attached
 */
export function writeDraft(drafts, key, words, attached) {
  drafts.write(key, words);
  // none are written down as well, or those of another tab would be taken for these words
  drafts.write(filesKey(key), words || attached.length > 0 ? JSON.stringify(attached) : "");
}

/** @param {Drafts} drafts @param {string} key @returns {readonly Attachment[]} */
export function filesOfDraft(drafts, key) {
  return JSON.parse(drafts.read(filesKey(key)) || "[]");
}

/** @param {import("../core/stored_conversation.js").StoredConversation | undefined} conversation @param {string} id  of an exchange, in whichever version */
export function hasExchange(conversation, id) {
  return conversation !== undefined && nodesOf(conversation.exchanges).some(({ exchange }) => exchange.id === id);
}

/**
 * Of a conversation: its textbox, its title, its questions in all versions.
 * @param {import("../core/stored_conversation.js").StoredConversation} conversation
 */
export function keysOf({ id, exchanges }) {
  return [id, filesKey(id), ...[id, ...nodesOf(exchanges).map(({ exchange }) => exchange.id)].map(editKey)];
}
