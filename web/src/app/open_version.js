/** Opens another version of a question or an answer, and what followed it. */

import { withVersionOpen } from "../core/versions.js";

/**
 * @param {import("./conversation_library.js").ConversationLibrary} library
 * @param {string} id  of the exchange
 * @param {number} version  from 0
 */
export function openVersion({ store, currentId }, id, version) {
  const kept = store.get(currentId.value);
  // nothing was said: the conversation keeps its place in the list
  if (kept) store.put({ ...kept, exchanges: withVersionOpen(kept.exchanges, id, version) });
}
