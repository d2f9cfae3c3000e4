/** The list of conversations: search, open, and what came of a deletion. */

import { useEffect, useRef } from "preact/hooks";
import { titleOf } from "../core/library.js";
import * as words from "../words/en.js";
import { filled } from "../words/filled.js";
import { ConversationRow } from "./conversation_row.js";
import { FileActions } from "./file_actions.js";
import { html } from "./html.js";

/** @typedef {import("../app/chat_session.js").ChatSession} ChatSession */

/** How long a deletion can be taken back. */
const UNDO_MS = 8_000;

/** @param {{ session: ChatSession, onOpened: () => void }} props */
export function ConversationList({ session, onOpened }) {
  const { library } = session;
  const search = useRef(/** @type {HTMLInputElement | null} */ (null));
  const list = library.list.value;
  const isSearching = library.query.value.trim() !== "";

  return html`
    ${library.count.value > 0 &&
    html`<input
      ref=${search}
      type="search"
      aria-label=${words.SEARCH_CONVERSATIONS}
      placeholder=${words.SEARCH}
      autocomplete="off"
      value=${library.query}
      onInput=${(/** @type {InputEvent} */ event) => (library.query.value = /** @type {HTMLInputElement} */ (event.target).value)}
    />`}
    ${list.length === 0 &&
    html`<p class="nothing">${isSearching ? words.NOTHING_FOUND : words.NO_CONVERSATIONS}</p>`}
    <ul class="kept">
      ${list.map((kept) => html`<${ConversationRow} key=${kept.id} session=${session} kept=${kept} onOpened=${onOpened} />`)}
    </ul>
    <${Removed} session=${session} search=${search} />
    <${FileActions} session=${session} />
  `;
}

/** @param {{ session: ChatSession, search: import("preact").RefObject<HTMLInputElement> }} props */
function Removed({ session, search }) {
  const { removed } = session.library;
  const undo = useRef(/** @type {HTMLButtonElement | null} */ (null));
  const kept = removed.value;
  useEffect(() => {
    if (!kept) return;
    undo.current?.focus();
    const timer = setTimeout(() => {
      if (document.activeElement === undo.current) search.current?.focus();
      removed.value = null;
    }, UNDO_MS);
    return () => clearTimeout(timer);
  }, [kept]);
  if (!kept) return null;

  const onUndo = () => {
    session.library.undoRemove();
    session.announce(words.IS_RESTORED);
    search.current?.focus();
  };
  return html`<p class="removed">
    <span>${filled(words.DELETED, { title: titleOf(kept) || words.UNTITLED })}</span>
    <button ref=${undo} type="button" class="quiet" onClick=${onUndo}>${words.UNDO}</button>
  </p>`;
}
