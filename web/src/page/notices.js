/** What the page says about the service as a whole. */

import { useEffect, useRef, useState } from "preact/hooks";
import * as words from "../words/en.js";
import { pieces } from "../words/filled.js";
import { dayAndTime } from "../words/time.js";
import { html } from "./html.js";
import { AlertIcon } from "./icons.js";
import { Countdown } from "./countdown.js";

/** @typedef {import("../app/chat_session.js").ChatSession} ChatSession */

/** Holds a component once the browser's model was found. */
/** @typedef {import("@preact/signals").ReadonlySignal<import("preact").FunctionComponent<{ box: import("preact").RefObject<HTMLElement> }> | null>} DeviceOfferSlot */

export const BANNER_ID = "outage";

/**
 * The alert is on the page from the start, because only changes inside a live region are announced;
 * the countdown changes every second and is outside it.
 * @param {{ session: ChatSession, box: import("preact").RefObject<HTMLElement>, deviceOffer: DeviceOfferSlot }} props
 */
export function OutageBanner({ session, box, deviceOffer }) {
  const isDown = session.isDown.value;
  const isUp = isDown && !session.isOnDevice.value;
  const { status, why, isRepeated } = session.availability.value;
  const reason = status === "exhausted" ? words.FAILURES.models_exhausted.what : (why ?? words.FAILURES.models_unavailable.what);
  return html`
    <section ref=${box} class="banner" tabindex="-1" aria-label=${words.SERVICE_STATUS}>
      <div role="alert" id=${BANNER_ID} aria-live=${isRepeated ? "off" : undefined}>
        ${isUp &&
        html`<p>
          <${AlertIcon} />
          <span>
            <strong>${words.DOWN}</strong> ${reason} ${words.DOWN_KEPT}
          </span>
        </p>`}
      </div>
      ${isDown &&
      html`<div class=${isUp ? "wait" : "note dismissible"}>
        <p>${!isUp && words.DEVICE_IS_ON} <${Return} availability=${session.availability.value} /></p>
        ${deviceOffer.value && html`<${deviceOffer.value} box=${box} />`}
      </div>`}
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
    const slots = { when: dayAndTime(backAt, Date.now()), countdown: html`<${Countdown} until=${backAt} />` };
    return html`${pieces(words.EXPECTED_BACK, slots)} ${expectedAt !== undefined && words.TRIED_BEFORE}`;
  }
  return retryAt === null ? words.CHECKING : pieces(words.TRYING_IN, { countdown: html`<${Countdown} until=${retryAt} />` });
}

/** @param {{ session: ChatSession, isOffline: import("@preact/signals").ReadonlySignal<boolean> }} props */
export function ServiceNote({ session, isOffline }) {
  const note = isOffline.value ? words.OFFLINE : (words.SERVICE_NOTES[session.availability.value.status] ?? "");
  const before = useRef("");
  useEffect(() => {
    if (note) session.announce(note);
    else if (before.current === words.OFFLINE) session.announce(words.BACK_ONLINE);
    before.current = note;
  }, [note]);
  return note ? html`<p class="note">${note}</p>` : null;
}

/**
 * Said once and quietly: everything but keeping works.
 * @param {{ session: ChatSession }} props
 */
export function StorageNote({ session }) {
  const [isRead, setRead] = useState(false);
  const isRefused = session.library.store.isStorageRefused.value;
  useEffect(() => {
    if (isRefused) session.announce(words.NOT_STORED);
  }, [isRefused]);
  if (!isRefused || isRead) return null;
  return html`<p class="note dismissible">
    ${words.NOT_STORED}
    <button type="button" class="quiet" onClick=${() => setRead(true)}>${words.OK}</button>
  </p>`;
}
