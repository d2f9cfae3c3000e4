/** The page: header, conversation, notices, composer. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { onAnnouncement } from "../edge/announcements.js";
import { words } from "../words/words.js";
import { Composer } from "./composer.js";
import { ConversationsButton, ConversationsPanel, usePanel } from "./conversations_panel.js";
import { html } from "./html.js";
import { language } from "./language.js";
import { later } from "./later.js";
import { OutageBanner, ServiceNote, StorageNote } from "./notices.js";
import { Name, Notice } from "./own_words.js";
import { Removed } from "./removed.js";
import { Settings } from "./settings.js";
import { useShortcuts } from "./shortcuts.js";
import { Transcript, prepareConversation } from "./transcript.js";

/** @typedef {import("../app/chat_session.js").ChatSession} ChatSession */

/** @typedef {import("@preact/signals").ReadonlySignal<boolean>} Flag */

const ShortcutHelp = later(async () => (await import("./shortcut_help.js")).ShortcutHelp);

/** To be called when the visitor begins to do something: fetches what may be needed next. */
export function prepareParts() {
  prepareConversation();
  ShortcutHelp.prepare(); // Escape, pressed soon after, is for it
}

/**
 * @typedef {object} PageProps
 * @property {ChatSession} session
 * @property {Flag} isOffline
 * @property {Flag} isElsewhere  the address named a conversation that this browser does not have
 * @property {import("./notices.js").DeviceOfferSlot} deviceOffer
 */

/** Drawn as a whole again when its language changes: each word in it is another. @param {PageProps} props */
export function Page(props) {
  return html`<${App} key=${language.value} ...${props} />`;
}

/** @param {PageProps} props */
function App({ session, isOffline, isElsewhere, deviceOffer }) {
  const textbox = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const banner = useRef(/** @type {HTMLElement | null} */ (null));

  const panel = usePanel();
  // before anybody has something to say
  useLayoutEffect(() => onAnnouncement((words) => session.announce(words)), []);

  const startNewChat = () => {
    session.newChat();
    textbox.current?.focus();
  };

  const [isHelpOpen, setHelpOpen] = useState(false);
  const openHelp = () => setHelpOpen(true);
  const focusMessage = () => textbox.current?.focus();
  /** @param {MouseEvent} event */
  const onSkip = (event) => {
    event.preventDefault(); // the address stays
    focusMessage();
  };
  useShortcuts({ stop: () => session.stop(), newChat: startNewChat, focusMessage, latest: jumpToLatest, help: openHelp });

  return html`
    <a class="skip" href="#message" onClick=${onSkip}>${words.SKIP}</a>
    <header class="top">
      <${ConversationsButton} panel=${panel} />
      <${Name} />
      <div class="top-end">
        <button type="button" class="quiet" onClick=${startNewChat}>${words.NEW_CHAT}</button>
        <${Settings} onHelp=${openHelp} />
      </div>
    </header>
    <${ConversationsPanel} session=${session} panel=${panel} />
    <main>
      <${Transcript} session=${session} isElsewhere=${isElsewhere} />
      <div class="dock">
        <${OutageBanner} session=${session} box=${banner} deviceOffer=${deviceOffer} />
        <${ServiceNote} session=${session} isOffline=${isOffline} />
        <${StorageNote} session=${session} />
        ${!panel.isOpen && html`<${Removed} session=${session} />`}
        <${Composer} session=${session} textbox=${textbox} banner=${banner} />
        <${Notice} />
      </div>
    </main>
    <div role="status" class="unseen">${session.announcement}</div>
    ${isHelpOpen && html`<${ShortcutHelp} onClose=${() => setHelpOpen(false)} />`}
  `;
}

/** The transcript follows new text again once it is at its end. */
function jumpToLatest() {
  const log = document.querySelector('[role="log"]');
  if (log) log.scrollTop = log.scrollHeight;
}
