/**
 * Notices that the tab which waited for an answer is gone. That tab has the answer's lock until it is over: when the lock
 * comes to us and the answer is not over, it was lost.
 */

import { isLive } from "../core/answer.js";

/** @typedef {import("../core/conversation.js").Exchange} Exchange */

/** Without locks, a tab is taken to be gone after this silence: the request itself gives up before. */
const SILENCE_MS = 70_000;

export class LossWatch {
  #tabs;
  #onLoss;
  #watched = /** @type {Set<string>} */ (new Set());
  #silences = /** @type {Map<string, ReturnType<typeof setTimeout>>} */ (new Map());

  /**
   * @param {import("../edge/tabs.js").Tabs} tabs
   * @param {(id: string, conversationId: string) => Promise<void>} onLoss  for an exchange that may have lost its tab
   */
  constructor(tabs, onLoss) {
    this.#tabs = tabs;
    this.#onLoss = onLoss;
  }

  /**
   * To be called whenever something new is known of a conversation.
   * @param {import("../core/stored_conversation.js").StoredConversation} conversation
   * @param {{ has: (id: string) => boolean }} own  exchanges that this tab waits for
   */
  follow({ id: conversationId, exchanges }, own) {
    for (const exchange of exchanges) {
      const { id, answer } = exchange;
      clearTimeout(this.#silences.get(id));
      if (isLive(answer) && !own.has(id) && !this.#watched.has(id)) this.#watch(exchange, conversationId);
    }
  }

  // Internal

  /** @param {Exchange} exchange @param {string} conversationId */
  #watch({ id, asked }, conversationId) {
    this.#watched.add(id);
    this.#tabs.locks.withLock(`answer.${id}`, async (isLocked) => {
      if (isLocked) await this.#onLoss(id, conversationId);
      else this.#awaitNews(id, conversationId, asked?.by);
      this.#watched.delete(id);
    });
  }

  /** Without locks: a tab that was reloaded has lost what it asked for itself. @param {string} id @param {string} conversationId @param {string} [askedBy] */
  #awaitNews(id, conversationId, askedBy) {
    const silence = askedBy === this.#tabs.name ? 0 : SILENCE_MS;
    this.#silences.set(id, setTimeout(() => this.#onLoss(id, conversationId), silence));
  }
}
