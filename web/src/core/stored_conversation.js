/**
 * Conversations as they are stored, by this version of the page or another, and by several tabs at once.
 *
 * 1. `revision` grows with each write: a version that another tab wrote since is merged, never written over.
 * 2. A deleted conversation leaves a tombstone, so that what was under way cannot bring it back.
 * 3. Fields that this version does not know are kept: nothing is copied field by field.
 */

import { TRANSITIONS, isOver } from "./answer.js";

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

export const SCHEMA = 1;

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

/**
 * @param {readonly Exchange[]} base
 * @param {readonly Exchange[]} ours
 * @param {readonly Exchange[]} theirs
 * @returns {readonly Exchange[]} in their order, and then what was added here
 */
function mergedExchanges(base, ours, theirs) {
  const [before, here, there] = [base, ours, theirs].map((all) => new Map(all.map((exchange) => [exchange.id, exchange])));
  const added = ours.filter(({ id }) => !before.has(id) && !there.has(id));
  const shared = theirs.filter(({ id }) => here.has(id) || !before.has(id));
  return [...shared.map((exchange) => mergedExchange(before.get(exchange.id), here.get(exchange.id), exchange)), ...added];
}

/**
 * @param {Exchange | undefined} base
 * @param {Exchange | undefined} ours
 * @param {Exchange} theirs
 */
function mergedExchange(base, ours, theirs) {
  if (!ours || isSame(ours, base)) return theirs;
  if (isSame(theirs, base)) return ours;
  return isFurther(theirs, ours) ? theirs : ours;
}

/** Objects that were cloned on their way are compared by what they hold. @param {Exchange} one @param {Exchange | undefined} other */
function isSame(one, other) {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

/** @param {Exchange} one @param {Exchange} other */
function isFurther({ attempt, answer }, other) {
  if (attempt !== other.attempt) return attempt > other.attempt;
  if (isOver(answer) !== isOver(other.answer)) return isOver(answer);
  return answer.text.length > other.answer.text.length;
}

/** @param {any} value @returns {boolean} */
function isExchange(value) {
  const { id, question, answer, supersededExchanges = [], replaced = [] } = Object(value);
  const { state, text, models } = Object(answer);
  const isAnswer = Object.hasOwn(TRANSITIONS, String(state)) && typeof text === "string" && Array.isArray(models);
  const areOthers = [supersededExchanges, replaced].every((others) => Array.isArray(others) && others.every(isExchange));
  return typeof id === "string" && typeof question === "string" && isAnswer && areOthers;
}

/** From the first version of the page, which had other names. @param {any} exchange @returns {Exchange} */
function upgraded({ earlier, replaced, ...exchange }) {
  const superseded = exchange.supersededExchanges ?? replaced;
  return {
    attempt: 1,
    ...(earlier && { previousAnswer: earlier }),
    ...exchange,
    ...(superseded && { supersededExchanges: superseded.map(upgraded) }),
  };
}
