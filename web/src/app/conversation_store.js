/** Where conversations are kept: in memory, in storage, and the same in every tab. */

import { batch, signal } from "@preact/signals";
import { isLive } from "../core/answer.js";
import { markInterrupted } from "../core/library.js";
import { upgraded } from "../core/stored_conversation.js";

/** @typedef {import("../core/library.js").StoredConversation} StoredConversation */
/** @typedef {import("../edge/conversation_storage.js").ConversationStorage} ConversationStorage */
/** @typedef {import("../edge/tabs.js").Tabs} Tabs */

/** Text that is coming in is stored this often. */
const TEXT_INTERVAL_MS = 400;

export class ConversationStore {
  /** Grows when a list of conversations would look different. Text that streams in does not change it. */
  listVersion = signal(0);
  isStorageRefused = signal(false);
  /** Answers that this tab is waiting for, with what ends each. */
  own = /** @type {Map<string, AbortController>} */ (new Map());

  #kept = /** @type {Map<string, StoredConversation>} */ (new Map());
  #storage;
  #tabs;
  #timers = /** @type {Map<string, ReturnType<typeof setTimeout>>} */ (new Map());
  #watched = /** @type {Set<string>} */ (new Set());
  #onPut = /** @type {(kept: StoredConversation, before: StoredConversation | undefined) => void} */ (() => {});
  #onDrop = /** @type {(kept: StoredConversation, isOurs: boolean) => void} */ (() => {});

  /**
   * @param {ConversationStorage} storage
   * @param {Tabs} tabs
   */
  constructor(storage, tabs) {
    this.#storage = storage;
    this.#tabs = tabs;
    tabs.listen((message) => {
      if (message?.type === "kept") this.#receive(message.kept);
      if (message?.type === "removed") this.#drop(message.id, false);
      if (message?.type === "unstored") this.isStorageRefused.value = true;
    });
  }

  /** @param {(kept: StoredConversation, before: StoredConversation | undefined) => void} listener */
  set onPut(listener) {
    this.#onPut = listener;
  }

  /** @param {(kept: StoredConversation, isOurs: boolean) => void} listener  told also whether it was this tab that removed it */
  set onDrop(listener) {
    this.#onDrop = listener;
  }

  /** @param {string} id */
  get(id) {
    return this.#kept.get(id);
  }

  all() {
    return this.#kept.values();
  }

  // Actions

  async load() {
    const stored = (await this.#attempt(() => this.#storage.all())) ?? [];
    batch(() => stored.filter(({ id }) => !this.#kept.has(id)).forEach((kept) => this.#put(upgraded(kept))));
  }

  /** @param {StoredConversation} kept @param {{ isText?: boolean }} [options]  whether it is text that streams in */
  put(kept, { isText = false } = {}) {
    this.#put(kept, isText);
    if (!isText) this.keep(kept.id);
    else if (!this.#timers.has(kept.id)) this.#timers.set(kept.id, setTimeout(() => this.keep(kept.id), TEXT_INTERVAL_MS));
  }

  /** Stores a conversation as it is now, and tells the other tabs. @param {string} id */
  async keep(id) {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    const kept = this.#kept.get(id);
    if (!kept) return;
    this.#tabs.tell({ type: "kept", kept });
    const isStored = await this.#attempt(() => this.#storage.write(kept).then(() => true));
    if (!isStored) this.#tabs.tell({ type: "unstored" });
  }

  /** Stores what has not been stored yet, such as before the page goes away. */
  keepAll() {
    for (const id of [...this.#timers.keys()]) this.keep(id);
  }

  /** @param {string} id */
  remove(id) {
    this.#drop(id, true);
    this.#tabs.tell({ type: "removed", id });
    return this.#attempt(() => this.#storage.remove(id));
  }

  /** Takes over what another tab may have stored. @param {string} id */
  async refresh(id) {
    if (this.isStorageRefused.value) return; // what is stored is behind what the tabs have told each other
    const kept = await this.#attempt(() => this.#storage.read(id));
    if (kept && this.#kept.has(id)) this.#receive(kept);
  }

  // Internal

  /** @param {StoredConversation} kept @param {boolean} [isText] */
  #put(kept, isText = false) {
    const before = this.#kept.get(kept.id);
    batch(() => {
      this.#kept.set(kept.id, kept);
      if (!isText) this.listVersion.value++;
      this.#onPut(kept, before);
    });
    if (!isText) this.#watch(kept);
  }

  /** @param {string} id @param {boolean} isOurs */
  #drop(id, isOurs) {
    const kept = this.#kept.get(id);
    if (!kept) return;
    for (const exchange of kept.exchanges) this.own.get(exchange.id)?.abort(); // nobody is there to read it
    batch(() => {
      this.#kept.delete(id);
      this.listVersion.value++;
      this.#onDrop(kept, isOurs);
    });
  }

  /** @param {any} stored  by a tab of any version */
  #receive(stored) {
    const received = upgraded(stored);
    const before = this.#kept.get(received.id);
    const isOwn = before?.exchanges.some(({ id }) => this.own.has(id));
    this.#put(isOwn && before ? { ...received, exchanges: before.exchanges } : received);
  }

  /**
   * A tab that waits for an answer has the answer's turn until it is over: when the turn comes to us and the answer
   * is not over, that tab is gone.
   * @param {StoredConversation} kept
   */
  #watch(kept) {
    for (const { id, answer } of kept.exchanges) {
      if (!isLive(answer) || this.own.has(id) || this.#watched.has(id)) continue;
      this.#watched.add(id);
      this.#tabs.withLock(`answer.${id}`, async () => {
        await this.refresh(kept.id);
        this.#watched.delete(id);
        const found = this.#kept.get(kept.id);
        const after = found && !this.own.has(id) ? markInterrupted(found, id) : found;
        if (after && after !== found) this.put(after);
      });
    }
  }

  /**
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T | undefined>}
   */
  async #attempt(work) {
    try {
      return await work();
    } catch {
      this.isStorageRefused.value = true;
      return undefined;
    }
  }
}
