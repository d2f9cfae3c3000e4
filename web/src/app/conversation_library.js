/** The visitor's conversations: which is open, its draft, and what can be done with them. */

import { batch, computed, effect, signal } from "@preact/signals";
import { ConversationStore } from "./conversation_store.js";
import { BEGUN, NEW_DRAFT, editKey, filesOfDraft, hasExchange, keysOf, writeDraft } from "./draft_keys.js";
import { NEW_CONVERSATION } from "../core/conversation.js";
import { TITLE_LENGTH_OWN, found, isOfOtherTab, withoutLive, wordsTaken } from "../core/library.js";
import { SCHEMA } from "../core/stored_conversation.js";

/** @typedef {import("../core/attachments.js").Attachment} Attachment */
/** @typedef {import("../core/conversation.js").Conversation} Conversation */
/** @typedef {import("../core/stored_conversation.js").StoredConversation} StoredConversation */

export class ConversationLibrary {
  /** The one that is open; of one that has not begun nothing is kept yet. */
  currentId = signal("");
  exchanges = signal(/** @type {Conversation} */ (NEW_CONVERSATION));
  draft = signal("");
  attached = signal(/** @type {readonly Attachment[]} */ ([]));
  /** The question that is being rewritten. */
  editedId = signal(/** @type {string | null} */ (null));
  query = signal("");
  /** What has been deleted and can be brought back, the latest last. */
  removed = signal(/** @type {readonly { kept: StoredConversation, drafts: [string, string][] }[]} */ ([]));

  list = computed(() => (this.store.listVersion.value, found(this.store.all(), this.query.value)));
  count = computed(() => (this.store.listVersion.value, this.store.all().length));
  current = computed(() => (this.store.listVersion.value, this.store.get(this.currentId.value)));

  /** @param {import("./ports.js").Ports} ports */
  constructor({ storage, tabs, drafts, newId, now = Date.now, attachments = async () => null }) {
    this.store = new ConversationStore(storage, tabs, now);
    this.tabs = tabs;
    this.newId = newId;
    this.now = now;
    this.attachments = attachments;
    this.drafts = drafts;
    this.begin();
    this.store.onPut = (kept, before) => this.#onPut(kept, before);
    this.store.onDrop = (kept, isOurs) => this.#onDrop(kept, isOurs);
    effect(() => writeDraft(drafts, this.current.value ? this.currentId.value : NEW_DRAFT, this.draft.value, this.attached.value));
  }

  // Actions

  /** Opens a conversation that has not begun. */
  begin() {
    batch(() => {
      this.currentId.value = this.newId();
      this.exchanges.value = NEW_CONVERSATION;
      this.#openDraft(NEW_DRAFT);
    });
  }

  /** @param {string} id */
  open(id) {
    const kept = this.store.get(id);
    if (!kept || id === this.currentId.value) return;
    batch(() => {
      this.currentId.value = id;
      this.exchanges.value = kept.exchanges;
      this.#openDraft(id);
    });
    // what waited in the textbox may have gone out from another tab while this one was away
    for (const { question, answer } of kept.exchanges) if (isOfOtherTab(answer, this.tabs.name) && answer.accepted) this.clearDraft(id, question);
  }

  /**
   * @param {string} id
   * @param {(exchanges: Conversation) => Conversation} change
   * @param {{ isText?: boolean }} [options]  whether it is text that streams in
   */
  change(id, change, { isText = false } = {}) {
    const now = this.now();
    const before = this.store.get(id);
    if (!before && id !== this.currentId.value) return; // deleted in the meantime
    const exchanges = change(before?.exchanges ?? NEW_CONVERSATION);
    if (exchanges === before?.exchanges || (!before && exchanges.length === 0)) return;
    if (!before) writeDraft(this.drafts, NEW_DRAFT, "", []);
    const begun = before ?? { schema: SCHEMA, revision: 0, id, title: null, createdAt: now, updatedAt: now };
    this.store.put({ ...begun, exchanges, ...(!isText && { updatedAt: now }) }, { isText });
  }

  /** @param {string} id @param {string} title  none: the first question names it */
  rename(id, title) {
    const kept = this.store.get(id);
    if (kept) this.store.put({ ...kept, title: title.trim().slice(0, TITLE_LENGTH_OWN) || null });
  }

  /** @param {string} id */
  remove(id) {
    const kept = this.store.get(id);
    if (!kept) return;
    // one is written when the textbox is left, and this is sooner
    this.drafts.write(id, this.#draftOf(id));
    const drafts = keysOf(kept).map((key) => /** @type {[string, string]} */ ([key, this.drafts.read(key)]));
    const isGone = this.store.remove(id);
    this.removed.value = [...this.removed.value, { kept: withoutLive(kept), drafts }];
    return isGone;
  }

  /** Brings back what was deleted last. */
  undoRemove() {
    const latest = this.removed.value.at(-1);
    if (!latest) return;
    this.removed.value = this.removed.value.slice(0, -1);
    for (const [key, words] of latest.drafts) this.drafts.write(key, words);
    this.store.put(latest.kept);
    this.open(latest.kept.id);
  }

  forgetRemoved() {
    this.removed.value = [];
  }

  /**
   * The service has taken these words: a draft of anything else is not touched.
   * @param {string} id
   * @param {string} words
   * @param {boolean} [isOurs]  whether this tab has sent them: files that another tab has not sent stay, with their words
   */
  clearDraft(id, words, isOurs = false) {
    if (this.#draftOf(id).trim() === words && (isOurs || !this.#filesOf(id).length)) this.#setDraft(id, "");
  }

  /**
   * Words that were not sent become the draft where there is none.
   * @param {string} id
   * @param {string} words
   * @param {readonly Attachment[]} [attached]  what was to be sent with them
   * @returns {boolean} whether they are the draft now
   */
  giveBack(id, words, attached) {
    if (!this.#draftOf(id).trim()) this.#setDraft(id, words, attached);
    return this.#draftOf(id).trim() === words.trim();
  }

  /** @param {string[]} words @param {readonly Attachment[]} [attached] @param {string} [id]  of the draft's conversation */
  addToDraft(words, attached = [], id = this.currentId.value) {
    this.#setDraft(id, [this.#draftOf(id), ...words].filter((part) => part.trim()).join("\n\n"), [...this.#filesOf(id), ...attached]);
  }

  /** What a question or a title is being changed to, also after a reload. @param {string} id  of the exchange, or of the conversation */
  editOf(id) {
    return this.drafts.read(editKey(id));
  }

  /** @param {string} id @param {string} words  none once it is done */
  keepEdit(id, words) {
    this.drafts.write(editKey(id), words);
  }

  // Internal

  /** What was written into a question that has gone. @param {StoredConversation | undefined} before @param {StoredConversation} [after] @returns {string[]} */
  #editLost(before, after) {
    const id = this.editedId.value;
    if (!id || !hasExchange(before, id) || hasExchange(after, id)) return [];
    const words = this.editOf(id);
    for (const name of [id, BEGUN]) this.keepEdit(name, "");
    this.editedId.value = null;
    return [words];
  }

  #filesOf = (/** @type {string} */ id) => (id === this.currentId.value ? this.attached.value : filesOfDraft(this.drafts, id));

  #draftOf = (/** @type {string} */ id) => (id === this.currentId.value ? this.draft.value : this.drafts.read(id));

  /** @param {string} id @param {string} words @param {readonly Attachment[]} [attached] */
  #setDraft(id, words, attached = []) {
    if (id === this.currentId.value) [this.draft.value, this.attached.value] = [words, attached];
    else writeDraft(this.drafts, id, words, attached);
  }

  /** @param {string} key */
  #openDraft(key) {
    [this.draft.value, this.attached.value] = [this.drafts.read(key), filesOfDraft(this.drafts, key)];
  }

  /** @param {StoredConversation} kept @param {StoredConversation | undefined} before */
  #onPut(kept, before) {
    if (kept.id === this.currentId.value) this.exchanges.value = kept.exchanges;
    for (const words of wordsTaken(before, kept, this.tabs.name)) this.clearDraft(kept.id, words);
    const lost = this.#editLost(before, kept);
    if (lost.length > 0) this.addToDraft(lost, [], kept.id);
  }

  /** @param {StoredConversation} dropped @param {boolean} isOurs  what another tab deletes leaves the words that are being written here */
  #onDrop(dropped, isOurs) {
    const [words, files] = [[this.draft.value, ...this.#editLost(dropped)], this.attached.value];
    for (const key of keysOf(dropped)) this.drafts.write(key, "");
    if (dropped.id !== this.currentId.value) return;
    this.begin();
    if (isOurs) return;
    this.addToDraft(words, files);
    if (files.length > 0) this.attachments().then((attachments) => attachments?.keepCopies(files));
  }
}
