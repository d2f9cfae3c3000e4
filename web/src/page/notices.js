/** What the page says about the service as a whole. */

import { useEffect, useRef, useState } from "preact/hooks";
import { waitingIn } from "../core/library.js";
import { whyNoModel } from "../words/failure.js";
import { words } from "../words/words.js";
import { html } from "./html.js";
import { AlertIcon } from "./icons.js";
import { later } from "./later.js";

/** @typedef {import("../app/chat_session.js").ChatSession} ChatSession */

/** Holds a component once the browser's model was found. */
/** @typedef {import("@preact/signals").ReadonlySignal<import("preact").FunctionComponent<{ box: import("preact").RefObject<HTMLElement> }> | null>} DeviceOfferSlot */

export const BANNER_ID = "outage";

const Wait = later(async () => (await import("./wait.js")).Wait);

/**
 * The alert is on the page from the start, because only changes inside a live region are announced;
 * the countdown changes every second and is outside it.
 * @param {{ session: ChatSession, box: import("preact").RefObject<HTMLElement>, deviceOffer: DeviceOfferSlot }} props
 */
export function OutageBanner({ session, box, deviceOffer }) {
  const isDown = session.isDown.value;
  const isUp = isDown && !session.isOnDevice.value;
  const { status, reason, isRepeated } = session.availability.value;
  const isAtLimit = !reason && (status === "exhausted" || (session.inLine.value && status !== "unavailable"));
  const { store } = session.library;
  const isWaiting = (store.listVersion.value, waitingIn(store.all()).length > 0);
  const why = isAtLimit ? words.FAILURES.models_exhausted.what : whyNoModel(reason);
  return html`
    <section ref=${box} class="banner" tabindex="-1" aria-label=${words.SERVICE_STATUS}>
      <div role="alert" id=${BANNER_ID} aria-live=${isRepeated ? "off" : undefined}>
        ${isUp &&
        html`<p>
          <${AlertIcon} />
          <span>
            <strong>${words.DOWN}</strong> ${why} ${isWaiting && words.DOWN_KEPT}
          </span>
        </p>`}
      </div>
      ${isDown &&
      html`<div class=${isUp ? "wait" : "note dismissible"}>
        <${Wait} session=${session} box=${box}>${!isUp && words.DEVICE_IS_ON}<//>
        ${deviceOffer.value && html`<${deviceOffer.value} box=${box} />`}
      </div>`}
    </section>
  `;
}

/** @param {{ session: ChatSession, isOffline: import("@preact/signals").ReadonlySignal<boolean> }} props */
export function ServiceNote({ session, isOffline }) {
  const { availability, givesPlaces } = session.state;
  const state = givesPlaces.value && !session.isDown.value ? "line" : availability.value.status;
  const note = isOffline.value ? words.OFFLINE : (words.SERVICE_NOTES[state] ?? "");
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
