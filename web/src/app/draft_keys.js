/** Under which names the words and the files are kept that a visitor has not sent. */

import { nodesOf } from "../core/versions.js";

/** @typedef {import("../core/attachments.js").Attachment} Attachment */
/** @typedef {import("./conversation_library.js").Ports["drafts"]} Drafts */

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
  drafts.write(filesKey(key), attached.length > 0 ? JSON.stringify(attached) : "");
}

/** @param {Drafts} drafts @param {string} key @returns {readonly Attachment[]} */
export function filesOfDraft(drafts, key) {
  return JSON.parse(drafts.read(filesKey(key)) || "[]");
}

/**
 * What is being written into a question of a conversation.
 * @param {Drafts} drafts
 * @param {import("../core/stored_conversation.js").StoredConversation} conversation
 */
export function editedIn(drafts, conversation) {
  const key = editKey(drafts.read(editKey(BEGUN)));
  return keysOf(conversation).includes(key) ? drafts.read(key) : "";
}

/**
 * Of a conversation: its textbox, its title, its questions in all versions.
 * @param {import("../core/stored_conversation.js").StoredConversation} conversation
 */
export function keysOf({ id, exchanges }) {
  return [id, filesKey(id), ...[id, ...nodesOf(exchanges).map(({ exchange }) => exchange.id)].map(editKey)];
}
