/** Conversations as files, in JSON and in Markdown, and back. A file is not to be trusted. */

import { entryOf, instant } from "./archive_entry.js";
import { MOST_CHARACTERS, MOST_FILES, charactersOf, shownName } from "./attachments.js";
import { TITLE_LENGTH_OWN } from "./library.js";
import { SCHEMA } from "./stored_conversation.js";
import { isMarkdown, markdownOf, readMarkdown } from "./markdown_file.js";
import { pathOf } from "./versions.js";

/** @typedef {import("./answer.js").Answer} Answer */
/** @typedef {import("./stored_conversation.js").StoredConversation} StoredConversation */
/** @typedef {{ code: string, position?: number }} Problem  the conversation's position in the file, where it is one's */
/** @typedef {import("./attachments.js").Attachment} Attachment */
/** @typedef {import("./archive_entry.js").Texts} Texts */
/** @typedef {{ conversations: StoredConversation[], texts: Texts } | { problem: Problem }} Reading */
/** @typedef {import("./archive_entry.js").Entry} Entry */

const FORMAT = "nexus-conversations";
/** From 2 on, a conversation may have versions beside its open path: `other_versions`. */
const VERSIONS = [1, 2];

export const FILE_SIZE_LIMIT_BYTES = 20_000_000;
const CONVERSATIONS_LIMIT = 5_000;
const EXCHANGES_LIMIT = 2_000;
/** How deep branches may lie in branches: browsers store nothing that is nested without end. */
const DEPTH_LIMIT = 100;
const TEXT_LIMIT = 1_000_000;
const NAME_LIMIT = 100;

/** @type {Texts} */
const NO_TEXTS = new Map();

const ID = /^[\w-]{1,64}$/;

/**
 * @param {readonly StoredConversation[]} all
 * @param {number} now
 * @param {Texts} [texts]
 * @returns {string}
 */
export function asJson(all, now, texts = NO_TEXTS) {
  const conversations = all.map((kept) => entryOf(kept, texts));
  const file = { format: FORMAT, version: versionFor(conversations), exported_at: instant(now), conversations };
  return JSON.stringify(file, null, 2);
}

/**
 * @param {readonly StoredConversation[]} all
 * @param {import("./markdown_file.js").FileWords} words
 * @param {Texts} [texts]
 */
export function asMarkdown(all, words, texts = NO_TEXTS) {
  const entries = all.map((kept) => entryOf(kept, texts));
  return markdownOf(entries, versionFor(entries), words);
}

/** The first one that can say it all: an older page can read it. @param {readonly Entry[]} entries */
function versionFor(entries) {
  return entries.some(({ other_versions: others }) => others) ? 2 : 1;
}

/**
 * @param {string} text  what the file holds
 * @param {() => string} newId  gives ids to exchanges and attachments: those of a file could be anything
 * @returns {Reading}
 */
export function fromFile(text, newId) {
  if (text.length > FILE_SIZE_LIMIT_BYTES) return { problem: { code: "too_large" } };
  const file = isMarkdown(text) ? { format: FORMAT, ...readMarkdown(text) } : parsed(text);
  if (file?.format !== FORMAT) return { problem: { code: "not_ours" } };
  if (!VERSIONS.includes(file.version)) return { problem: { code: file.version === undefined ? "damaged" : "other_version" } };
  if (file.isCut) return { problem: { code: "incomplete" } };
  if (!isList(file.conversations, CONVERSATIONS_LIMIT)) return { problem: { code: "damaged" } };

  const conversations = /** @type {StoredConversation[]} */ ([]);
  const texts = /** @type {Map<string, string>} */ (new Map());
  for (const [index, entry] of file.conversations.entries()) {
    const kept = readConversation(entry, newId, texts);
    if (!kept) return { problem: { code: "damaged_conversation", position: index + 1 } };
    conversations.push(kept);
  }
  const ids = new Set(conversations.map(({ id }) => id));
  return ids.size === conversations.length ? { conversations, texts } : { problem: { code: "twice" } };
}

/**
 * @param {any} entry
 * @param {() => string} newId
 * @param {Map<string, string>} texts  gets those of the conversation
 * @returns {StoredConversation | null}
 */
function readConversation(entry, newId, texts) {
  if (typeof entry?.id !== "string" || !ID.test(entry.id)) return null;
  const { id, title } = entry;
  const isTitle = title === null || isText(title, TITLE_LENGTH_OWN);
  const [createdAt, updatedAt] = [entry.created_at, entry.updated_at].map((value) => (isText(value, NAME_LIMIT) ? Date.parse(value) : NaN));
  if (!isTitle || Number.isNaN(createdAt) || Number.isNaN(updatedAt)) return null;
  if (!isList(entry.exchanges, EXCHANGES_LIMIT) || entry.exchanges.length === 0) return null;
  const { exchanges: path, other_versions: others = [] } = entry;
  if (!isList(others, EXCHANGES_LIMIT - path.length)) return null;
  const nodes = /** @type {import("./versions.js").Node[]} */ ([]);
  const depths = [0];
  const followed = new Set();
  for (const [index, { question, attachments: files = [], answer: given, version = 1, follows = index }] of [...path, ...others].map(Object).entries()) {
    const answer = readAnswer(given);
    const isPlace = isCount(version, EXCHANGES_LIMIT) && version > 0 && isCount(follows, index) && (index >= path.length || follows === index);
    const attachments = readFiles(files, newId, texts);
    if (!isText(question, TEXT_LIMIT) || !answer || !attachments || !isPlace) return null;
    depths.push(depths[follows] + (followed.has(follows) ? 1 : 0));
    if (depths[index + 1] > DEPTH_LIMIT) return null;
    followed.add(follows);
    const parent = follows === 0 ? null : nodes[follows - 1].exchange.id;
    nodes.push({ exchange: { id: newId(), attempt: 1, question, ...(attachments.length > 0 && { attachments }), answer }, parent, version });
  }
  return { schema: SCHEMA, revision: 0, id, title, createdAt, updatedAt, exchanges: others.length > 0 ? pathOf(nodes) : nodes.map(({ exchange }) => exchange) };
}

/**
 * @param {unknown} files
 * @param {() => string} newId
 * @param {Map<string, string>} texts
 * @returns {Attachment[] | null}
 */
function readFiles(files, newId, texts) {
  if (!isList(files, MOST_FILES)) return null;
  const attachments = /** @type {Attachment[]} */ ([]);
  for (const { name, text } of /** @type {any[]} */ (files).map(Object)) {
    if (!isText(name, NAME_LIMIT) || !isText(text, MOST_CHARACTERS)) return null;
    const id = newId();
    texts.set(id, text);
    attachments.push({ id, name: shownName(name), characters: text.length });
  }
  return charactersOf(attachments) <= MOST_CHARACTERS ? attachments : null;
}

/**
 * Only answers that are over: nothing in a file makes the page send something.
 * @param {any} given
 * @returns {Answer | null}
 */
function readAnswer(given) {
  const { state, text, models, finish_reason: finishReason = null, failure_code: code = null } = Object(given);
  const isState = state === "done" || state === "stopped" || state === "failed";
  const isModels = isList(models, 10) && models.every((/** @type {unknown} */ name) => isText(name, NAME_LIMIT));
  const isReason = finishReason === null || isText(finishReason, NAME_LIMIT);
  const isCode = state === "failed" ? isText(code, NAME_LIMIT) : code === null;
  if (!isState || !isText(text, TEXT_LIMIT) || !isModels || !isReason || !isCode) return null;
  const failure = code === null ? null : { code, retryAt: null, requestId: null };
  return { state, accepted: state === "done" || text !== "", text, models: [...models], finishReason, failure };
}

/** @param {unknown} value @param {number} limit */
function isText(value, limit) {
  return typeof value === "string" && value.length <= limit;
}

/** @param {unknown} value @param {number} limit */
function isList(value, limit) {
  return Array.isArray(value) && value.length <= limit;
}

/** @param {unknown} value @param {number} limit */
function isCount(value, limit) {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= limit;
}

/** @param {string} json */
function parsed(json) {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
