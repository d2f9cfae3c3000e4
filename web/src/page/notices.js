/** What the page says about the service as a whole. */

import { useState } from "preact/hooks";
import { dayAndTime } from "../core/countdown.js";
import { html } from "./html.js";
import { AlertIcon } from "./icons.js";
import { Countdown } from "./countdown.js";

/** @typedef {import("../app/chat_session.js").ChatSession} ChatSession */

export const BANNER_ID = "outage";

const OFFLINE = "You are offline. What is on the page stays; an answer needs a connection.";

const NOTES = /** @type {Record<string, string>} */ ({
  unknown: "The state of the service cannot be checked at the moment. You can still send messages.",
  misconfigured: "Something is wrong on our side. Please try again later.",
});

/**
 * The alert is on the page from the start, because only changes inside a live region are announced;
 * the countdown changes every second and is outside it.
 * @param {{ session: ChatSession, box: import("preact").RefObject<HTMLElement> }} props
 */
export function OutageBanner({ session, box }) {
  const isUp = session.isDown.value;
  const { status, why, isRepeated } = session.availability.value;
  const reason = status === "exhausted" ? "All models have reached their limits." : (why ?? "The models are not answering at the moment.");
  return html`
    <section ref=${box} class="banner" tabindex="-1" aria-label="Service status">
      <div role="alert" id=${BANNER_ID} aria-live=${isRepeated ? "off" : undefined}>
        ${isUp &&
        html`<p>
          <${AlertIcon} />
          <span>
            <strong>Temporarily unavailable.</strong> ${reason} What you have written is kept, and waiting messages are sent
            automatically.
          </span>
        </p>`}
      </div>
      ${isUp && html`<p class="wait"><${Return} availability=${session.availability.value} /></p>`}
    </section>
  `;
}

/**
 * When a model is back, as far as anybody has said; else when one is tried again.
 * @param {{ availability: import("../core/availability.js").Availability }} props
 */
function Return({ availability: { status, retryAt, expectedAt } }) {
  const backAt = expectedAt ?? (status === "exhausted" ? retryAt : null);
  if (backAt !== null) {
    return html`Expected back ${dayAndTime(backAt, Date.now())}, in <${Countdown} until=${backAt} />${
      expectedAt !== undefined && ". This page tries again before that."
    }`;
  }
  return retryAt === null ? "This page checks again every half minute." : html`Trying again in <${Countdown} until=${retryAt} />`;
}

/** @param {{ session: ChatSession, isOffline: import("@preact/signals").ReadonlySignal<boolean> }} props */
export function ServiceNote({ session, isOffline }) {
  const words = isOffline.value ? OFFLINE : NOTES[session.availability.value.status];
  return words ? html`<p class="note">${words}</p>` : null;
}

/**
 * Said once and quietly: everything but keeping works.
 * @param {{ library: import("../app/conversation_library.js").ConversationLibrary }} props
 */
export function StorageNote({ library }) {
  const [isRead, setRead] = useState(false);
  if (!library.store.isStorageRefused.value || isRead) return null;
  return html`<p class="note dismissible">
    This browser keeps no conversations for the page, or has no room for more: what is new lasts until it is closed.
    You can still chat.
    <button type="button" class="quiet" onClick=${() => setRead(true)}>OK</button>
  </p>`;
}
