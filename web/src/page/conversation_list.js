/** The list of conversations: search and open. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import * as words from "../words/en.js";
import { ConversationRow } from "./conversation_row.js";
import { html } from "./html.js";
import { Removed } from "./removed.js";

/** @typedef {import("../app/chat_session.js").ChatSession} ChatSession */

/** The first view does not wait for what reads and writes files. */
const fileActions = signal(/** @type {typeof import("./file_actions.js").FileActions | null} */ (null));

function loadFileActions() {
  import("./file_actions.js").then(
    ({ FileActions }) => (fileActions.value = FileActions),
    () => {}, // the next list tries again
  );
}

/** @param {{ session: ChatSession, onOpened: () => void }} props */
export function ConversationList({ session, onOpened }) {
  const { library } = session;
  useEffect(loadFileActions, []);
  const list = library.list.value;
  const isSearching = library.query.value.trim() !== "";

  return html`
    ${library.count.value > 0 &&
    html`<input
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
    <${Removed} session=${session} />
    ${fileActions.value && html`<${fileActions.value} session=${session} />`}
  `;
}
