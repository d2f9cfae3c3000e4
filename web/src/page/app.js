/** The page: header, conversation, notices, composer. */

import { useRef } from "preact/hooks";
import { useAnnouncements } from "./announcements.js";
import { Composer } from "./composer.js";
import { html } from "./html.js";
import { ExhaustedBanner, ServiceNote } from "./notices.js";
import { Transcript } from "./transcript.js";

/** @typedef {import("../chat_session.js").ChatSession} ChatSession */

/** @param {{ session: ChatSession }} props */
export function App({ session }) {
  const textbox = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const banner = useRef(/** @type {HTMLElement | null} */ (null));

  useAnnouncements((words) => (session.announcement.value = words));

  const startNewChat = () => {
    session.newChat();
    textbox.current?.focus();
  };

  return html`
    <header class="top">
      <h1>Nexus</h1>
      <button type="button" class="quiet" onClick=${startNewChat}>New chat</button>
    </header>
    <main>
      <${Transcript} session=${session} />
      <div class="dock">
        <${ExhaustedBanner} session=${session} box=${banner} />
        <${ServiceNote} session=${session} />
        <${Composer} session=${session} textbox=${textbox} banner=${banner} />
      </div>
    </main>
    <div role="status" class="unseen">${session.announcement}</div>
  `;
}
