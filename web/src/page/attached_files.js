/** The files of a question. */

import { addStyles } from "../edge/style_sheets.js";
import styles from "../styles/attachments.css";
import { words } from "../words/words.js";
import { AttachedFile } from "./attached_file.js";
import { html } from "./html.js";

/** @typedef {import("../core/attachments.js").Attachment} Attachment */

addStyles(styles);

/** @param {{ attachments: readonly Attachment[], library: import("../app/conversation_library.js").ConversationLibrary }} props */
export function AttachedFiles({ attachments, library }) {
  /** @param {Attachment} attachment */
  const read = async ({ id }) => (await (await library.attachments())?.textsOf({ attachments }))?.get(id);
  return html`<ul class="attached-files" aria-label=${words.ATTACHED_FILES}>
    ${attachments.map((attachment) => html`<${AttachedFile} key=${attachment.id} attachment=${attachment} read=${read} />`)}
  </ul>`;
}
