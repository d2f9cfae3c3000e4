/**
 * Conversations as they are stored, by this version of the page or another, and by several tabs at once.
 *
 * 1. `revision` grows with each write: a version that another tab wrote since is merged, never written over.
 * 2. A deleted conversation leaves a tombstone, so that what was under way cannot bring it back.
 * 3. Fields that this version does not know are kept: nothing is copied field by field.
 */

import { TRANSITIONS } from "./answer.js";
import { mergedExchanges } from "./merged_exchanges.js";

/** @typedef {import("./conversation.js").Exchange} Exchange */

/**
 * @typedef {object} StoredConversation
 * @property {number} schema  the version of this form that wrote it
 * @property {number} revision
 * @property {string} id
 * @property {string | null} title  the visitor's own; null: the first question names it
 * @property {number} createdAt
 * @property {number} updatedAt  when something was last said
 * @property {readonly Exchange[]} exchanges
 * @property {number} [deletedAt]  of a tombstone
 */

export const SCHEMA = 2;

/** Tabs that were away for longer have been loaded anew. */
const TOMBSTONE_LIFETIME_MS = 30 * 86_400_000;

/**
 * @param {any} found  in storage, or told by another tab
 * @returns {StoredConversation | null} with today's names; null for what this version cannot show
 */
export function readStored(found) {
  if (typeof found?.id !== "string" || !found.id || !Array.isArray(found.exchanges)) return null;
  if (!found.exchanges.every(isExchange)) return null;
  return { schema: 0, revision: 0, title: null, createdAt: 0, updatedAt: 0, ...found, exchanges: found.exchanges.map(upgraded) };
}

/**
 * @param {StoredConversation} conversation
 * @param {number} now
 * @returns {StoredConversation} what is left of it once it is deleted
 */
export function tombstoneOf({ id, schema, revision, createdAt }, now) {
  return { id, schema, revision, title: null, createdAt, updatedAt: now, exchanges: [], deletedAt: now };
}

/** @param {StoredConversation} stored @param {number} now */
export function isForgotten({ deletedAt }, now) {
  return deletedAt !== undefined && now - deletedAt > TOMBSTONE_LIFETIME_MS;
}

/**
 * Joins what was changed here to what another tab has stored meanwhile. A deletion wins over any other change.
 * @param {StoredConversation | undefined} base  the last version that both have seen
 * @param {StoredConversation} ours
 * @param {StoredConversation} theirs
 * @returns {StoredConversation}
 */
export function merged(base, ours, theirs) {
  if (theirs.deletedAt !== undefined || ours === base) return theirs;
  if (ours.deletedAt !== undefined) return { ...ours, revision: Math.max(ours.revision, theirs.revision) };
  const changed = Object.entries(ours).filter(([name, value]) => base?.[/** @type {keyof StoredConversation} */ (name)] !== value);
  return {
    ...theirs,
    ...Object.fromEntries(changed),
    updatedAt: Math.max(ours.updatedAt, theirs.updatedAt),
    revision: Math.max(ours.revision, theirs.revision),
    exchanges: mergedExchanges(base?.exchanges ?? [], ours.exchanges, theirs.exchanges),
  };
}

/** @param {any} value @returns {boolean} */
function isExchange(value) {
  const { id, question, answer, versions, supersededExchanges = [], replaced = [] } = Object(value);
  const { state, text, models } = Object(answer);
  const isAnswer = Object.hasOwn(TRANSITIONS, String(state)) && typeof text === "string" && Array.isArray(models);
  const branches = versions === undefined ? [] : [versions?.earlier, versions?.later].flatMap((list) => (Array.isArray(list) ? list : [null]));
  const areOthers = [supersededExchanges, replaced].every((others) => Array.isArray(others) && others.every(isExchange));
  return typeof id === "string" && typeof question === "string" && isAnswer && areOthers && branches.every(isBranch);
}

/** @param {any} value @returns {boolean} */
function isBranch(value) {
  return Array.isArray(value) && value.length > 0 && value.every(isExchange);
}

/**
 * From earlier versions of the page, which had other names, and where an edit kept what it was to replace: that is the
 * version before it now.
 * @param {any} exchange
 * @returns {Exchange}
 */
function upgraded({ earlier: previousAnswer, replaced, supersededExchanges = replaced, ...exchange }) {
  const [first, ...rest] = (supersededExchanges ?? []).map(upgraded);
  const { earlier = [], later = [] } = exchange.versions ?? {};
  return {
    attempt: 1,
    ...(previousAnswer && { previousAnswer }),
    ...exchange,
    ...(first && { versions: { earlier: [...earlier, [{ ...first, id: `${first.id}-before` }, ...rest]], later } }),
  };
}
