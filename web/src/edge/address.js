/** The open conversation is in the page's address and title: a reload, a bookmark and the Back button lead to it. */

import { computed, effect, signal } from "@preact/signals";
import { titleOf } from "../core/library.js";
import { words } from "../words/words.js";

const FORM = /^#\/c\/([\w-]+)$/;

/** @param {string} id */
export function addressOf(id) {
  return `#/c/${id}`;
}

/** @returns {string | null} */
export function idInAddress() {
  return FORM.exec(location.hash)?.[1] ?? null;
}

/**
 * @param {import("../app/conversation_library.js").ConversationLibrary} library
 * @param {() => string} name  of the page
 * @param {import("@preact/signals").ReadonlySignal<boolean>} hasNews  whether an answer has come that nobody has seen
 * @returns {import("@preact/signals").ReadonlySignal<boolean>} whether it named a conversation that this browser does not have
 */
export function followAddress(library, name, hasNews) {
  /** The empty conversation that is open in its place. */
  const placeholderId = signal("");
  const openWhatItSays = () => {
    const id = idInAddress();
    if (id) library.open(id);
    if (library.current.value?.id !== id && (id || library.current.value)) library.begin();
    if (id && !library.current.value) placeholderId.value = library.currentId.value;
  };
  openWhatItSays();
  effect(() => {
    const id = library.current.value?.id ?? null;
    const before = idInAddress();
    if (id === before) return;
    const address = id ? addressOf(id) : location.pathname + location.search;
    // a conversation that begins takes the place of the empty page; the history around a frame is not ours
    if (before && window === window.parent) history.pushState(null, "", address);
    else history.replaceState(null, "", address);
  });
  effect(() => {
    const { value: kept } = library.current;
    const title = kept ? `${titleOf(kept) || words.UNTITLED} · ${name()}` : name();
    document.title = hasNews.value ? `${words.ANSWER_READY_TITLE} · ${title}` : title;
  });
  window.addEventListener("hashchange", openWhatItSays);
  return computed(() => placeholderId.value === library.currentId.value && !library.current.value);
}
