/** What is in attached files, for those who write and read files of conversations. */

import { batch } from "@preact/signals";
import { nodesOf } from "../core/versions.js";

/** @typedef {import("./conversation_library.js").ConversationLibrary} ConversationLibrary */
/** @typedef {import("../core/stored_conversation.js").StoredConversation} StoredConversation */
/** @typedef {ReadonlyMap<string, string>} Texts */

/** @type {Texts} */
const NONE = new Map();

/**
 * @param {ConversationLibrary} library
 * @param {readonly StoredConversation[]} all
 * @returns {Promise<Texts>} by the ids of the attachments
 */
export async function textsIn(library, all) {
  const hasFiles = all.some(({ exchanges }) => nodesOf(exchanges).some(({ exchange }) => exchange.attachments));
  const attachments = hasFiles ? await library.attachments() : null;
  return attachments ? attachments.textsOf(all) : NONE;
}

/**
 * Adds the conversations of a file, with what is attached to them.
 * @param {ConversationLibrary} library
 * @param {{ conversations: readonly StoredConversation[], texts: Texts }} reading
 * @returns {Promise<{ added: number, known: number }>} one that is here already is not changed
 */
export async function addWithTexts(library, { conversations, texts }) {
  // before the conversations: other tabs hear of those at once
  if (texts.size > 0) await (await library.attachments())?.keep(texts);
  const added = conversations.filter(({ id }) => !library.store.get(id));
  batch(() => added.forEach((kept) => library.store.put(kept)));
  return { added: added.length, known: conversations.length - added.length };
}
