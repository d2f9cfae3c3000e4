/** Lets a visitor who waits ask for a notification. The browser's own question comes only then. */

import { signal } from "@preact/signals";
import { words } from "../words/words.js";
import { focusConversation } from "./conversation_focus.js";
import { html } from "./html.js";

const permission = signal(globalThis.Notification?.permission);

/** @param {{ session: import("../app/chat_session.js").ChatSession }} props */
export function NotifyMe({ session }) {
  if (permission.value !== "default") return null;
  /** @param {MouseEvent} event */
  const onClick = async ({ currentTarget: button }) => {
    const decided = await Notification.requestPermission();
    if (decided === "default") return;
    focusConversation(button);
    session.announce(words.NOTIFICATIONS[decided]);
    permission.value = decided;
  };
  return html`<button type="button" class="quiet" onClick=${onClick}>${words.NOTIFY_ME}</button>`;
}
