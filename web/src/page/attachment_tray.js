/** Above the textbox: the files that will be sent with the message. They come by button, by paste and by drop. */

import { useEffect, useState } from "preact/hooks";
import { MOST_CHARACTERS, MOST_FILES, charactersOf, fitsWith } from "../core/attachments.js";
import { onFilesDragged, onFilesPasted } from "../edge/given_files.js";
import { addStyles } from "../edge/style_sheets.js";
import styles from "../styles/attachments.css";
import { filled } from "../words/filled.js";
import { numberText } from "../words/plural.js";
import { words } from "../words/words.js";
import { AttachedFile } from "./attached_file.js";
import { html } from "./html.js";
import { BinIcon } from "./icons.js";

/** @typedef {import("../app/attachments.js").Attachments} Attachments */
/** @typedef {import("../app/chat_session.js").ChatSession} ChatSession */

addStyles(styles);

/** @param {{ session: ChatSession, attachments: Attachments }} props */
export function AttachmentTray({ session, attachments }) {
  const { library } = session;
  const attached = library.attached.value;
  const refusals = attachments.refusals.value.map(refusalText);
  const [isDragged, setDragged] = useState(false);
  useEffect(() => onFilesPasted((files) => void attach(session, attachments, files)), []);
  useEffect(() => onFilesDragged(setDragged), []);
  if (attached.length === 0 && refusals.length === 0 && !isDragged) return null;

  /** @param {import("../core/attachments.js").Attachment} attachment */
  const read = async ({ id }) => (await attachments.textsOf({ attachments: attached })).get(id);
  const draft = session.draft.value.trim();
  const limits = { characters: numberText(charactersOf(attached)), most: numberText(MOST_CHARACTERS) };
  return html`<div class="tray">
    ${isDragged && html`<p><strong>${words.DROP_HERE}</strong></p>`}
    ${refusals.map((sentence) => html`<p key=${sentence} class="refused">${sentence}</p>`)}
    ${attached.length > 0 &&
    html`<ul class="attached-files" aria-label=${words.ATTACHED_FILES}>
        ${attached.map(
          (attachment) => html`<${AttachedFile} key=${attachment.id} attachment=${attachment} read=${read}>
            <${RemoveButton} name=${attachment.name} onRemove=${() => remove(session, attachments, attachment)} />
          <//>`,
        )}
      </ul>
      <p>${filled(words.ATTACHED_TOTAL, limits)} ${draft === "" && words.ATTACHED_NEEDS_WORDS}</p>
      ${!fitsWith(draft, attached) && html`<p class="refused">${words.ATTACHED_TOO_LONG}</p>`}`}
  </div>`;
}

/** @param {{ name: string, onRemove: () => void }} props */
function RemoveButton({ name, onRemove }) {
  return html`<button type="button" class="plain" aria-label=${filled(words.REMOVE_FILE, { name })} onClick=${onRemove}><${BinIcon} /></button>`;
}

/** @param {ChatSession} session @param {Attachments} attachments @param {readonly File[]} files */
export async function attach(session, attachments, files) {
  if (!session.canWrite.value || session.isSubmitting.value) return;
  await attachments.add(files);
  const refused = attachments.refusals.value;
  const taken = files.map(({ name }) => name).filter((name) => !refused.some((refusal) => refusal.name === name));
  session.announce([...refused.map(refusalText), ...taken.map((name) => filled(words.IS_ATTACHED, { name }))].join(" "));
  document.getElementById("message")?.focus();
}

/** @param {ChatSession} session @param {Attachments} attachments @param {import("../core/attachments.js").Attachment} attachment */
function remove(session, attachments, { id, name }) {
  attachments.remove(id);
  session.announce(filled(words.IS_REMOVED, { name }));
  document.getElementById("message")?.focus();
}

/** @param {{ name: string, refusal: string }} refused */
function refusalText({ name, refusal }) {
  return filled(words.FILE_REFUSALS[refusal], { name, most: numberText(MOST_CHARACTERS), files: numberText(MOST_FILES) });
}
