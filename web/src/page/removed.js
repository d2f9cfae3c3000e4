/** What has been deleted, and the way to bring it back: as long as the page is open, or until the visitor puts it away. */

import { useEffect, useRef } from "preact/hooks";
import { titleOf } from "../core/library.js";
import { filled } from "../words/filled.js";
import { words } from "../words/words.js";
import { html } from "./html.js";

/** @param {{ session: import("../app/chat_session.js").ChatSession }} props */
export function Removed({ session }) {
  const { library } = session;
  const undo = useRef(/** @type {HTMLButtonElement | null} */ (null));
  const latest = library.removed.value.at(-1)?.kept;
  const wasDeleted = useRef(latest);
  useEffect(() => {
    // the button that was pressed is gone
    if (latest && latest !== wasDeleted.current && isFocusLost()) undo.current?.focus();
    wasDeleted.current = latest;
  }, [latest]);
  if (!latest) return null;

  const onUndo = () => {
    library.undoRemove();
    session.announce(words.IS_RESTORED);
    if (library.removed.value.length === 0) focusOpenConversation(latest.id);
  };
  const sentence = filled(words.DELETED, { title: titleOf(latest) || words.UNTITLED });
  return html`<p class="removed">
    <span title=${sentence}>${sentence}</span>
    <button ref=${undo} type="button" class="quiet" onClick=${onUndo}>${words.UNDO}</button>
    <button type="button" class="quiet" onClick=${() => library.forgetRemoved()}>${words.OK}</button>
  </p>`;
}

function isFocusLost() {
  return document.activeElement === document.body || document.activeElement instanceof HTMLDialogElement;
}

/** @param {string} id */
function focusOpenConversation(id) {
  requestAnimationFrame(() => document.getElementById(`title-${id}`)?.focus());
}
