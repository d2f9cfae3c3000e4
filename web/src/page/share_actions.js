/** What can be done to show the open conversation to others. */

import { useState } from "preact/hooks";
import { textsIn } from "../app/attached_texts.js";
import { titleOf } from "../core/library.js";
import { transcriptInMarkdown, transcriptInPlainText } from "../core/transcript.js";
import { copyFrom } from "../edge/copying.js";
import { fileName, saveFile } from "../edge/files.js";
import { canShare, share } from "../edge/sharing.js";
import { fileWords } from "../words/files.js";
import { words } from "../words/words.js";
import { branding } from "./branding.js";
import { html } from "./html.js";
import { language } from "./language.js";

/** @typedef {import("../core/stored_conversation.js").StoredConversation} StoredConversation */
/** @typedef {import("../core/archive.js").Texts} Texts */
/** @typedef {typeof import("../markdown/shared_page.js") & typeof import("../markdown/plain_text.js")} Drawing */

const HTML_TYPE = "text/html";

/** Before the click: a clipboard may not wait for the network. @returns {Promise<Drawing>} */
async function loadDrawing() {
  const [page, text] = await Promise.all([import("../markdown/shared_page.js"), import("../markdown/plain_text.js")]);
  return { ...page, ...text };
}

/** @param {{ session: import("../app/chat_session.js").ChatSession }} props */
export function ShareActions({ session }) {
  const { library } = session;
  const [drawing, setDrawing] = useState(/** @type {Drawing | null} */ (null));
  const [note, setNote] = useState("");
  const isOff = library.current.value === undefined || !drawing;
  /** @param {Event} event */
  const onToggle = (event) => {
    const isOpen = /** @type {HTMLDetailsElement} */ (event.currentTarget).open;
    if (isOpen && !drawing) loadDrawing().then(setDrawing, () => {}); // the next opening tries again
  };
  /** @param {(conversation: StoredConversation, texts: Texts, drawing: Drawing, button: HTMLButtonElement) => void} act  gets the open one as it is now */
  const acting = (act) => async (/** @type {MouseEvent} */ event) => {
    const button = /** @type {HTMLButtonElement} */ (event.currentTarget);
    const current = library.store.get(library.currentId.value);
    if (current && drawing) act(current, await textsIn(library, [current]), drawing, button);
  };
  /** @param {StoredConversation} current @param {Texts} texts @param {Drawing} drawing */
  const pageOf = (current, texts, { sharedPage }) =>
    sharedPage({ title: titleOf(current) || words.UNTITLED, exchanges: current.exchanges, texts }, { name: branding.value.name, now: library.now(), language: language.value });

  const onSave = acting(async (current, texts, drawing) => saveFile(`${fileName(titleOf(current))}.html`, HTML_TYPE, await pageOf(current, texts, drawing)));
  const onCopyMarkdown = acting((current, texts, _, button) => copyFrom(button, transcriptInMarkdown(current, fileWords(), texts)));
  const onCopyPlain = acting((current, texts, { plainText }, button) => copyFrom(button, transcriptInPlainText(current, fileWords(), plainText, texts)));
  const onShare = acting(async (current, texts, drawing) => {
    const title = titleOf(current) || words.UNTITLED;
    const file = new File([await pageOf(current, texts, drawing)], `${fileName(title)}.html`, { type: HTML_TYPE });
    const text = transcriptInPlainText(current, fileWords(), drawing.plainText, texts);
    const isRefused = (await share({ title, text, file })) === "refused";
    setNote(isRefused ? words.NOT_SHARED : "");
    if (isRefused) session.announce(words.NOT_SHARED);
  });

  return html`<details class="files" onToggle=${onToggle}>
    <summary>${words.SHARE_THIS}</summary>
    <button type="button" class="quiet" disabled=${isOff} onClick=${onSave}>${words.SAVE_AS_PAGE}</button>
    <button type="button" class="quiet" disabled=${isOff} onClick=${onCopyMarkdown}>${words.COPY_MARKDOWN}</button>
    <button type="button" class="quiet" disabled=${isOff} onClick=${onCopyPlain}>${words.COPY_PLAIN}</button>
    ${canShare && html`<button type="button" class="quiet" disabled=${isOff} onClick=${onShare}>${words.SEND_TO_APP}</button>`}
    ${note && html`<p>${note}</p>`}
  </details>`;
}
