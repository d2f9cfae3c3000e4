/** The page: header, conversation, notices, composer. */

import { useRef } from "preact/hooks";
import { Composer } from "./composer.js";
import { ConversationsButton, ConversationsPanel, usePanel } from "./conversations_panel.js";
import { html } from "./html.js";
import { ExhaustedBanner, ServiceNote, StorageNote } from "./notices.js";
import { Transcript } from "./transcript.js";

/** @typedef {import("../chat_session.js").ChatSession} ChatSession */

/** @param {{ session: ChatSession }} props */
export function App({ session }) {
  const textbox = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const banner = useRef(/** @type {HTMLElement | null} */ (null));

  const panel = usePanel();

  const startNewChat = () => {
    session.newChat();
    textbox.current?.focus();
  };

  return html`
    <header class="top">
      <${ConversationsButton} panel=${panel} />
      <h1>Nexus</h1>
      <button type="button" class="quiet" onClick=${startNewChat}>New chat</button>
    </header>
    <${ConversationsPanel} session=${session} panel=${panel} />
    <main>
      <${Transcript} session=${session} />
      <div class="dock">
        <${ExhaustedBanner} session=${session} box=${banner} />
        <${ServiceNote} session=${session} />
        <${StorageNote} library=${session.library} />
        <${Composer} session=${session} textbox=${textbox} banner=${banner} />
      </div>
    </main>
    <div role="status" class="unseen">${session.announcement}</div>
  `;
}
