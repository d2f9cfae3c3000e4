/** The list of conversations: search and open. */

import { words } from "../words/words.js";
import { html } from "./html.js";
import { later } from "./later.js";
import { Removed } from "./removed.js";

/** @typedef {import("../app/chat_session.js").ChatSession} ChatSession */

const ConversationRow = later(async () => (await import("./conversation_row.js")).ConversationRow);
const FileActions = later(async () => (await import("./file_actions.js")).FileActions);

/** @param {{ session: ChatSession, onOpened: () => void }} props */
export function ConversationList({ session, onOpened }) {
  const { library } = session;
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
    <${FileActions} session=${session} />
  `;
}
