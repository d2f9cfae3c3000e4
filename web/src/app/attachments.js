/** Files that are attached to questions: reads them, keeps their contents, and puts those where they are needed. */

import { effect, signal } from "@preact/signals";
import { MOST_BYTES, refusalOf, shownName, textOf, withFiles } from "../core/attachments.js";
import { NEW_DRAFT, filesOfDraft } from "./draft_keys.js";
import { CONTENTS_LOST_FOR_MODEL } from "../words/for_models.js";

/** @typedef {import("../core/attachments.js").Attachment} Attachment */
/** @typedef {import("../core/attachments.js").Refusal} Refusal */
/** @typedef {import("../core/conversation.js").Exchange} Exchange */
/** @typedef {import("./conversation_library.js").ConversationLibrary} ConversationLibrary */
/** @typedef {{ name: string, size: number, arrayBuffer: () => Promise<ArrayBuffer> }} GivenFile */

/** Contents that nothing here refers to may belong to a draft of another tab: for this long they are not touched. */
const UNUSED_LIFETIME_MS = 30 * 86_400_000;

export class Attachments {
  /** What was not attached, and why. */
  refusals = signal(/** @type {readonly { name: string, refusal: Refusal }[]} */ ([]));

  #library;
  #storage;
  /** What has been read or written, also where nothing can be stored. */
  #texts = /** @type {Map<string, string>} */ (new Map());
  /** Of deleted conversations, which can be brought back until the page closes. */
  #deleted = /** @type {Set<string>} */ (new Set());

  /**
   * @param {ConversationLibrary} library
   * @param {import("../edge/attachment_storage.js").AttachmentStorage} storage
   */
  constructor(library, storage) {
    this.#library = library;
    this.#storage = storage;
    effect(() => void this.#read(library.attached.value.map(({ id }) => id))); // before another tab deletes them
    effect(() => void this.#followDeletions(library.removed.value.flatMap(({ kept }) => attachedIn(kept))));
  }

  // Actions

  /**
   * Attaches files to the draft, as far as they are text and there is room for them.
   * @param {readonly GivenFile[]} files
   * @returns {Promise<number>} how many
   */
  async add(files) {
    const draftId = this.#library.currentId.value;
    const refusals = /** @type {{ name: string, refusal: Refusal }[]} */ ([]);
    let count = 0;
    for (const file of files) {
      const name = shownName(file.name);
      const reading = await read(file);
      if (this.#library.currentId.value !== draftId) break; // another conversation was opened meanwhile
      const refusal = "refusal" in reading ? reading.refusal : refusalOf(this.#library.attached.value, reading.text.length);
      if (refusal || !("text" in reading)) refusals.push({ name, refusal: refusal ?? "unreadable" });
      else {
        const id = this.#library.newId();
        await this.keep(new Map([[id, reading.text]]));
        this.#library.attached.value = [...this.#library.attached.value, { id, name, characters: reading.text.length }];
        count += 1;
      }
    }
    this.refusals.value = refusals;
    return count;
  }

  /**
   * Files of the draft stay, though the conversation that had them has been deleted elsewhere, contents and all.
   * @param {readonly Attachment[]} files
   */
  async keepCopies(files) {
    await this.#read(files.map(({ id }) => id));
    const copies = new Map(files.map((file) => [file.id, { ...file, id: this.#library.newId() }]));
    const texts = /** @type {Map<string, string>} */ (new Map());
    for (const [id, copy] of copies) if (this.#texts.has(id)) texts.set(copy.id, this.#texts.get(id) ?? "");
    await this.keep(texts);
    this.#library.attached.value = this.#library.attached.value.map((file) => copies.get(file.id) ?? file);
  }

  /** Takes a file off the draft. @param {string} id */
  remove(id) {
    this.#library.attached.value = this.#library.attached.value.filter((attachment) => attachment.id !== id);
    this.refusals.value = [];
  }

  /** @param {ReadonlyMap<string, string>} texts  by the ids of their attachments */
  async keep(texts) {
    for (const [id, text] of texts) this.#texts.set(id, text);
    const at = this.#library.now();
    await this.#storage.write([...texts].map(([id, text]) => [id, { text, at }]));
  }

  /**
   * @param {unknown} value  attachments, or what has some
   * @returns {Promise<ReadonlyMap<string, string>>} their contents by id, as far as they are still kept
   */
  async textsOf(value) {
    await this.#read(attachedIn(value));
    return this.#texts;
  }

  /**
   * @param {readonly Exchange[]} exchanges
   * @returns {Promise<readonly Exchange[]>} the same, with the contents of their files in the questions
   */
  async expanded(exchanges) {
    const texts = await this.textsOf(exchanges);
    return exchanges.map((exchange) => {
      const { question, attachments } = exchange;
      if (!attachments) return exchange;
      return { ...exchange, question: withFiles(question, attachments.map(({ id, name }) => ({ name, text: texts.get(id) ?? CONTENTS_LOST_FOR_MODEL }))) };
    });
  }

  /** Removes contents that no conversation and no draft refers to any longer. To be called once the conversations are loaded. */
  async removeUnused() {
    const { store, attached, drafts } = this.#library;
    if (store.isStorageRefused.value) return; // which are in use is not known
    const ofDrafts = [NEW_DRAFT, ...store.all().map(({ id }) => id)].map((key) => ({ attachments: filesOfDraft(drafts, key) }));
    const used = new Set(attachedIn([...store.all(), ...ofDrafts, { attachments: attached.value }]));
    const isOld = (/** @type {number} */ at) => this.#library.now() - at > UNUSED_LIFETIME_MS;
    const unused = (await this.#storage.list()).filter(({ id, at }) => !used.has(id) && isOld(at));
    if (unused.length > 0) await this.#storage.remove(unused.map(({ id }) => id));
  }

  // Internal

  /** @param {readonly string[]} ids */
  async #read(ids) {
    const unread = ids.filter((id) => !this.#texts.has(id));
    if (unread.length === 0) return;
    const found = await this.#storage.read(unread);
    for (const [index, content] of found.entries()) if (content) this.#texts.set(unread[index], content.text);
  }

  /** Contents go with their conversation, and come back with it. @param {readonly string[]} ids  of all that is deleted now */
  async #followDeletions(ids) {
    const gone = ids.filter((id) => !this.#deleted.has(id));
    const back = [...this.#deleted].filter((id) => !ids.includes(id));
    this.#deleted = new Set(ids);
    await this.#read(gone);
    if (gone.length > 0) await this.#storage.remove([...gone]);
    const texts = back.flatMap((id) => (this.#texts.has(id) ? [/** @type {[string, string]} */ ([id, this.#texts.get(id)])] : []));
    if (texts.length > 0) await this.keep(new Map(texts));
  }
}

/** @param {GivenFile} file */
async function read(file) {
  if (file.size > MOST_BYTES) return { refusal: /** @type {Refusal} */ ("too_large") };
  const bytes = await file.arrayBuffer().catch(() => null); // a folder, or a file that has gone
  return bytes ? textOf(new Uint8Array(bytes)) : { refusal: /** @type {Refusal} */ ("unreadable") };
}

/**
 * @param {unknown} value  conversations, or parts of them: what an edit has replaced is in them as well
 * @returns {string[]} the ids of all that is attached in it
 */
function attachedIn(value) {
  const ids = /** @type {string[]} */ ([]);
  JSON.stringify(value, (name, inner) => {
    if (name === "attachments") ids.push(.../** @type {Attachment[]} */ (inner).map(({ id }) => id));
    return inner;
  });
  return ids;
}
