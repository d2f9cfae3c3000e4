/** Keeps what was said of an answer with the answer. */

import { withRating } from "../core/rating.js";

/**
 * @param {import("./conversation_store.js").ConversationStore} store
 * @param {string} conversationId
 * @param {string} id  of the exchange
 * @param {import("../core/rating.js").Rating} rating
 */
export function keepRating(store, conversationId, id, rating) {
  const kept = store.get(conversationId);
  // nothing was said: the conversation keeps its place in the list
  if (kept) store.put({ ...kept, exchanges: withRating(kept.exchanges, id, rating) });
}
