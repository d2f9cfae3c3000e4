/** Where the visitor writes. */

import { signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { words } from "../words/words.js";
import { isComposing } from "./composing.js";
import { html } from "./html.js";
import { AttachIcon, SendIcon, StopIcon } from "./icons.js";
import { BANNER_ID } from "./notices.js";

/** @typedef {import("../app/chat_session.js").ChatSession} ChatSession */

/**
 * @typedef {object} Attaching
 * @property {import("../app/attachments.js").Attachments} attachments
 * @property {import("preact").FunctionComponent} Tray
 * @property {(files: readonly File[]) => void} take
 * @property {() => void} choose  has the visitor choose files
 */

/** What takes files, once it has been loaded. */
export const attaching = signal(/** @type {Attaching | null} */ (null));

/**
 * @param {object} props
 * @param {ChatSession} props.session
 * @param {import("preact").RefObject<HTMLTextAreaElement>} props.textbox
 * @param {import("preact").RefObject<HTMLElement>} props.banner  takes the focus while the textbox cannot have it
 */
export function Composer({ session, textbox, banner }) {
  const draft = session.draft.value;
  const isBusy = session.isBusy.value;
  const isShut = !session.canWrite.value;
  useFocusAcrossOutage(textbox, banner, isShut);
  useFocusAfterAnswer(textbox, isBusy);

  /** @param {Event} event */
  const onSubmit = (event) => {
    event.preventDefault();
    session.send();
    focusOrPutAway(textbox.current);
  };
  /** @param {KeyboardEvent} event */
  const onKeyDown = (event) => {
    if (event.key !== "Enter" || event.shiftKey || isComposing(event)) return;
    event.preventDefault();
    session.send();
  };
  /** @param {MouseEvent} event */
  const onStop = (event) => {
    // Stop comes up where Send was: the second click of a double click is not meant for it
    if (event.detail > 1) return;
    session.stop();
    focusOrPutAway(textbox.current);
  };

  const onAttach = async () => {
    await session.library.attachments();
    attaching.value?.choose();
  };
  const isStoppable = isBusy || (session.continuedId.value && !draft.trim());
  const isUnsent = draft.trim() !== "" && !session.isSubmitting.value;

  return html`
    ${attaching.value && html`<${attaching.value.Tray} />`}
    <form class="composer" onSubmit=${onSubmit}>
      <button type="button" class="plain" aria-label=${words.ATTACH} disabled=${isShut} onClick=${onAttach}><${AttachIcon} /></button>
      <label class="unseen" for="message">${words.MESSAGE}</label>
      <div class="growing" data-words=${`${draft} `}><textarea
        id="message"
        ref=${textbox}
        rows="1"
        dir="auto"
        enterkeyhint="send"
        autocomplete="off"
        placeholder=${isShut ? words.UNAVAILABLE : words.WRITE_HERE}
        aria-describedby=${isShut ? BANNER_ID : undefined}
        disabled=${isShut}
        readonly=${session.isSubmitting.value}
        value=${draft}
        onInput=${(/** @type {InputEvent} */ event) => (session.draft.value = /** @type {HTMLTextAreaElement} */ (event.target).value)}
        onKeyDown=${onKeyDown}
      ></textarea></div>
      ${isStoppable && html`<button key="stop" type="button" class="stop" onClick=${onStop}><${StopIcon} />${words.STOP}</button>`}
      ${(!isStoppable || isUnsent) && html`<button key="send" type="submit" class="send" disabled=${isShut}><${SendIcon} />${words.SEND}</button>`}
    </form>
  `;
}

/**
 * On-screen keyboards cover half of the page: they go away while one reads. A keyboard on the desk stays at hand.
 * @param {HTMLTextAreaElement | null} textbox
 */
function focusOrPutAway(textbox) {
  if (hasOnScreenKeyboard()) textbox?.blur();
  else textbox?.focus();
}

function hasOnScreenKeyboard() {
  return matchMedia("(pointer: coarse)").matches;
}

/**
 * A disabled textbox cannot keep the focus: the banner that says why takes it, and gives it back.
 * @param {import("preact").RefObject<HTMLTextAreaElement>} textbox
 * @param {import("preact").RefObject<HTMLElement>} banner
 * @param {boolean} isShut
 */
function useFocusAcrossOutage(textbox, banner, isShut) {
  const isTaken = useRef(false);
  useLayoutEffect(() => {
    if (isShut) {
      // browsers take the focus from a disabled element only when they next draw
      isTaken.current = document.activeElement === textbox.current;
      if (isTaken.current) banner.current?.focus();
    } else {
      const { activeElement } = document;
      const isWhereItWasPut = activeElement === banner.current || (isTaken.current && activeElement === document.body);
      if (isWhereItWasPut) textbox.current?.focus();
    }
  }, [isShut]);
}

/**
 * The Stop button goes when the answer ends, and the focus with it: writing is what comes next.
 * @param {import("preact").RefObject<HTMLTextAreaElement>} textbox
 * @param {boolean} isBusy
 */
function useFocusAfterAnswer(textbox, isBusy) {
  useLayoutEffect(() => {
    const isLost = document.activeElement === document.body;
    if (!isBusy && isLost && !hasOnScreenKeyboard()) textbox.current?.focus();
  }, [isBusy]);
}
