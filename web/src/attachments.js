/** What is loaded when files are attached, or a conversation has some. */

import { h } from "preact";
import { Attachments } from "./app/attachments.js";
import { IndexedDbAttachments } from "./edge/attachment_storage.js";
import { chooseFiles } from "./edge/given_files.js";
import { AttachmentTray, attach } from "./page/attachment_tray.js";

/**
 * @param {import("./app/chat_session.js").ChatSession} session
 * @param {Promise<void>} loaded  when the stored conversations are known
 * @returns {import("./page/composer.js").Attaching}
 */
export function attachingFor(session, loaded) {
  const attachments = new Attachments(session.library, new IndexedDbAttachments());
  loaded.then(() => attachments.removeUnused());
  const take = (/** @type {readonly File[]} */ files) => void attach(session, attachments, files);
  return {
    attachments,
    Tray: () => h(AttachmentTray, { session, attachments }),
    take,
    choose: () => chooseFiles(take),
  };
}
