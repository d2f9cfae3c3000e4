/** A conversation as it is in a file, with all its versions. */

import { isOver } from "./answer.js";
import { nodesOf } from "./versions.js";

/** @typedef {import("./answer.js").Answer} Answer */
/** @typedef {import("./conversation.js").Exchange} Exchange */
/** @typedef {import("./stored_conversation.js").StoredConversation} StoredConversation */
/** @typedef {ReturnType<typeof entryOf>} Entry */
/** @typedef {ReadonlyMap<string, string>} Texts  of attached files, by their ids */

/**
 * Exchanges are counted from 1, the open path first. One of another version says which one it `follows`; 0 is none.
 * @param {StoredConversation} kept
 * @param {Texts} texts
 */
export function entryOf({ id, title, createdAt, updatedAt, exchanges }, texts) {
  const nodes = nodesOf(exchanges);
  const numberOf = new Map(nodes.map(({ exchange }, index) => [exchange.id, index + 1]));
  const [path, others] = [nodes.slice(0, exchanges.length), nodes.slice(exchanges.length)];
  return {
    id,
    title,
    created_at: instant(createdAt),
    updated_at: instant(updatedAt),
    exchanges: path.map(({ exchange, version }) => ({ ...(version > 1 && { version }), ...turn(exchange, texts) })),
    ...(others.length > 0 && {
      other_versions: others.map(({ exchange, parent, version }) => ({ follows: numberOf.get(parent ?? "") ?? 0, version, ...turn(exchange, texts) })),
    }),
  };
}

/** @param {Exchange} exchange @param {Texts} texts */
function turn({ question, attachments, answer }, texts) {
  const files = attachments?.map((attachment) => ({ name: attachment.name, text: texts.get(attachment.id) ?? "" }));
  return { question, ...(files && { attachments: files }), answer: written(answer) };
}

/** @param {Answer} answer */
function written(answer) {
  const { text, models, finishReason } = answer;
  const isEnded = isOver(answer);
  const state = isEnded ? answer.state : "failed";
  const code = isEnded ? answer.failure?.code : text ? "interrupted" : "unconfirmed";
  return { state, text, models, finish_reason: finishReason, failure_code: state === "failed" ? (code ?? "interrupted") : null };
}

/** @param {number} time */
export function instant(time) {
  return new Date(time).toISOString();
}
