/** Conversations as other versions of the page have stored them. */

/** @typedef {import("./conversation.js").Exchange} Exchange */
/** @typedef {import("./library.js").StoredConversation} StoredConversation */

/**
 * @param {any} stored  as this version or an older one wrote it
 * @returns {StoredConversation} with today's names; what they do not cover stays
 */
export function upgraded(stored) {
  return { ...stored, exchanges: stored.exchanges.map(upgradedExchange) };
}

/** @param {any} exchange @returns {Exchange} */
function upgradedExchange({ earlier, replaced, ...exchange }) {
  const superseded = exchange.supersededExchanges ?? replaced;
  return {
    ...(earlier && { previousAnswer: earlier }),
    ...exchange,
    ...(superseded && { supersededExchanges: superseded.map(upgradedExchange) }),
  };
}
