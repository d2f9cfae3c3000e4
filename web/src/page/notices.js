/** What the page says about the service as a whole. */

import { useState } from "preact/hooks";
import { html } from "./html.js";
import { AlertIcon } from "./icons.js";
import { Countdown, clockTime } from "./countdown.js";

/** @typedef {import("../chat_session.js").ChatSession} ChatSession */

export const BANNER_ID = "exhausted";

const OFFLINE = "You are offline. What is on the page stays; an answer needs a connection.";

const NOTES = /** @type {Record<string, string>} */ ({
  unknown: "The state of the service cannot be checked at the moment. You can still send messages.",
  misconfigured: "The service is out of order. Its operator has been told; please try again later.",
});

/**
 * The alert is on the page from the start, because only changes inside a live region are announced;
 * the countdown changes every second and is outside it.
 * @param {{ session: ChatSession, box: import("preact").RefObject<HTMLElement> }} props
 */
export function ExhaustedBanner({ session, box }) {
  const isUp = session.isExhausted.value;
  const { retryAt } = session.availability.value;
  return html`
    <section ref=${box} class="banner" tabindex="-1" aria-label="Service status">
      <div role="alert" id=${BANNER_ID}>
        ${isUp &&
        html`<p>
          <${AlertIcon} />
          <span>
            <strong>Temporarily unavailable.</strong> All models have reached their limits.
            What you have written is kept, and a message that waits goes out by itself.
          </span>
        </p>`}
      </div>
      ${isUp && html`<p class="wait">${retryAt === null
        ? "Checking every half minute."
        : html`Expected back at ${clockTime(retryAt)}, in <${Countdown} until=${retryAt} />`}</p>`}
    </section>
  `;
}

/** @param {{ session: ChatSession, isOffline: import("@preact/signals").ReadonlySignal<boolean> }} props */
export function ServiceNote({ session, isOffline }) {
  const words = isOffline.value ? OFFLINE : NOTES[session.availability.value.status];
  return words ? html`<p class="note">${words}</p>` : null;
}

/**
 * Said once and quietly: everything but keeping works.
 * @param {{ library: import("../conversation_library.js").ConversationLibrary }} props
 */
export function StorageNote({ library }) {
  const [isRead, setRead] = useState(false);
  if (!library.shelf.isStorageRefused.value || isRead) return null;
  return html`<p class="note dismissible">
    This browser keeps no conversations for the page, or has no room for more: what is new lasts until it is closed.
    You can still chat.
    <button type="button" class="quiet" onClick=${() => setRead(true)}>OK</button>
  </p>`;
}
