/** Where conversations are kept: in memory, in storage, and the same in every tab. */

import { batch, signal } from "@preact/signals";
import { markInterrupted } from "../core/library.js";
import { SCHEMA, isForgotten, merged, readStored, tombstoneOf } from "../core/stored_conversation.js";
import { LossWatch } from "./loss_watch.js";

/** @typedef {import("../core/stored_conversation.js").StoredConversation} StoredConversation */
/** @typedef {import("../edge/conversation_storage.js").ConversationStorage} ConversationStorage */
/** @typedef {import("../edge/tabs.js").Tabs} Tabs */

/** Text that is coming in is stored this often. */
const TEXT_INTERVAL_MS = 400;

export class ConversationStore {
  /** Grows when a list of conversations would look different. Text that streams in does not change it. */
  listVersion = signal(0);
  /** Whether the last attempt to store something failed. */
  isStorageRefused = signal(false);
  /** Answers that this tab is waiting for, by the ids of their exchanges, with what ends each. */
  own = /** @type {Map<string, AbortController>} */ (new Map());
  onPut = /** @type {(after: StoredConversation, before: StoredConversation | undefined) => void} */ (() => {});
  /** Told also whether it was this tab that removed it. */
  onDrop = /** @type {(dropped: StoredConversation, isOurs: boolean) => void} */ (() => {});

  /** As they are here, tombstones included. */
  #known = /** @type {Map<string, StoredConversation>} */ (new Map());
  /** As they were when storage or the other tabs last had the same. */
  #shared = /** @type {Map<string, StoredConversation>} */ (new Map());
  #storage;
  #tabs;
  #now;
  #writes = /** @type {Map<string, Promise<void>>} */ (new Map());
  #timers = /** @type {Map<string, ReturnType<typeof setTimeout>>} */ (new Map());
  #lossWatch;
  #isLeft = false;

  /**
   * @param {ConversationStorage} storage
   * @param {Tabs} tabs
   * @param {() => number} now
   */
  constructor(storage, tabs, now) {
    this.#storage = storage;
    this.#tabs = tabs;
    this.#now = now;
    this.#lossWatch = new LossWatch(tabs, (exchangeId, id) => this.#markInterrupted(exchangeId, id));
    tabs.listen((message) => {
      if (message?.type === "kept") this.#receive(message.kept);
      if (message?.type === "removed") this.#receiveRemoval(message);
      if (message?.type === "unstored") this.isStorageRefused.value = true;
    });
  }

  /** @param {string} id */
  get(id) {
    const known = this.#known.get(id);
    return known?.deletedAt === undefined ? known : undefined;
  }

  all() {
    return [...this.#known.values()].filter(({ deletedAt }) => deletedAt === undefined);
  }

  // Actions

  /** Takes over what is stored: at the start, and when the page comes back from where it heard nothing. */
  async load() {
    this.#isLeft = false;
    const all = await this.#storage.all();
    this.isStorageRefused.value = all === null;
    batch(() => {
      for (const found of all ?? []) {
        const stored = readStored(found);
        if (stored && isForgotten(stored, this.#now())) this.#storage.remove(stored.id);
        else this.#receive(found);
      }
    });
  }

  /** @param {StoredConversation} conversation @param {{ isText?: boolean }} [options]  whether it is text that streams in */
  put(conversation, { isText = false } = {}) {
    const { id } = conversation;
    this.#show({ ...conversation, revision: this.#known.get(id)?.revision ?? 0 }, { isText });
    if (!isText) this.keep(id);
    else if (!this.#timers.has(id)) this.#timers.set(id, setTimeout(() => this.keep(id), TEXT_INTERVAL_MS));
  }

  /** Stores a conversation as it is now, and tells the other tabs. @param {string} id @returns {Promise<void>} resolves once that is done */
  async keep(id) {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    if (!this.#isLeft && this.#known.get(id) !== this.#shared.get(id)) this.#writes.set(id, this.#write(id));
    await this.#writes.get(id);
  }

  /** Stores in one step what is not stored yet. @param {boolean} [isLeft]  the page goes: requests that break off now are not what happened */
  keepAll(isLeft = false) {
    if (this.#isLeft) return;
    this.#isLeft = isLeft;
    const ids = [...this.#known.keys()].filter((id) => this.#known.get(id) !== this.#shared.get(id));
    if (ids.length) this.#storage.write(ids.map((id) => this.#next(id)));
  }

  /** @param {string} id */
  remove(id) {
    const conversation = this.get(id);
    if (!conversation) return;
    this.#show(tombstoneOf(conversation, this.#now()), { isOurs: true });
    return this.keep(id);
  }

  /** Takes over what another tab may have stored. @param {string} id */
  async refresh(id) {
    this.#receive(await this.#storage.read(id));
  }

  // Internal

  /** @param {string} id */
  async #write(id) {
    // others find it in storage first, which gives writes their order; not where that may take long or fail
    const isUrgent = this.isStorageRefused.value || !this.get(id);
    if (isUrgent) this.#tell(this.#next(id));
    let stored = /** @type {unknown} */ (undefined);
    const isStored = await this.#storage.update(id, (found) => (stored = this.#next(id, found)));
    this.isStorageRefused.value = !isStored;
    if (isStored) this.#tell(stored);
    else if (!isUrgent) this.#tell(this.#next(id));
    if (!isStored) this.#tabs.tell({ type: "unstored" });
  }

  /** @param {any} conversation  of any version of the page */
  #tell(conversation) {
    const { id, deletedAt } = conversation;
    // a version without tombstones takes the id
    this.#tabs.tell(deletedAt === undefined ? { type: "kept", kept: conversation } : { type: "removed", id, tombstone: conversation });
  }

  /** @param {unknown} found  in storage, or told by another tab */
  #receive(found) {
    const theirs = readStored(found);
    if (!theirs) return;
    const base = this.#shared.get(theirs.id);
    const isDeletion = theirs.deletedAt !== undefined && base?.deletedAt === undefined;
    if (base && theirs.revision < base.revision + (isDeletion ? 0 : 1)) return;
    const ours = this.#known.get(theirs.id);
    this.#shared.set(theirs.id, theirs);
    this.#show(ours ? merged(base, ours, theirs) : theirs);
  }

  /** @param {{ id: string, tombstone?: unknown }} message */
  #receiveRemoval({ id, tombstone }) {
    const known = this.get(id);
    if (tombstone) this.#receive(tombstone);
    else if (known) this.#show(tombstoneOf(known, this.#now()));
  }

  /**
   * What is to be stored and told: what is here, joined to what is stored.
   * @param {string} id
   * @param {unknown} [found]  in storage
   */
  #next(id, found) {
    const ours = /** @type {StoredConversation} */ (this.#known.get(id));
    const base = this.#shared.get(id);
    const theirs = found === undefined ? null : readStored(found);
    if (found !== undefined && !theirs) return found; // of a version that knows more
    const isNews = theirs && theirs.revision > (base?.revision ?? -1);
    const joined = isNews ? merged(base, ours, theirs) : ours;
    const revision = Math.max(joined.revision, theirs?.revision ?? 0) + 1;
    const next = joined === theirs ? theirs : { ...joined, schema: Math.max(joined.schema, SCHEMA), revision };
    this.#shared.set(id, next);
    if (joined === ours) this.#known.set(id, next);
    else this.#show(next);
    return next;
  }

  /** @param {StoredConversation} next @param {{ isText?: boolean, isOurs?: boolean }} [options] */
  #show(next, { isText = false, isOurs = false } = {}) {
    const before = this.get(next.id);
    const isDropped = next.deletedAt !== undefined;
    batch(() => {
      this.#known.set(next.id, next);
      if (!isText) this.listVersion.value++;
      if (!isDropped) this.onPut(next, before);
      else if (before) this.onDrop(before, isOurs);
    });
    if (isDropped) before?.exchanges.forEach(({ id }) => this.own.get(id)?.abort()); // nobody is there to read it
    else if (!isText) this.#lossWatch.follow(next, this.own);
  }

  /** @param {string} exchangeId @param {string} id */
  async #markInterrupted(exchangeId, id) {
    await this.refresh(id);
    const found = this.own.has(exchangeId) ? undefined : this.get(id);
    const after = found && markInterrupted(found, exchangeId);
    if (after && after !== found) this.put(after);
  }
}
