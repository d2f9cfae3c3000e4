/** What is loaded only inside a page of another origin: whether the chat may start there, and how it behaves. */

import { h, render } from "preact";
import { embedOriginsOf } from "./core/embedding.js";
import { HostPage } from "./edge/host_page.js";
import { FramedNote } from "./page/framed_note.js";
import { isEscapeTaken } from "./page/shortcuts.js";

/**
 * Escape, where the page has no use for it, closes the panel around it, whether the chat may start or not.
 * @param {HTMLElement} root  shows why not
 * @param {Record<string, unknown>} own  what `config.json` says
 * @param {(key: string, value: unknown) => void} ignore  is told of a value that cannot be used
 * @returns {Promise<boolean>} whether the page may start
 */
export async function isAdmitted(root, own, ignore) {
  const host = new HostPage(window);
  const isAllowed = await host.isAllowed(embedOriginsOf(own.embedOrigins, ignore));
  // before the page acts on it, so that what it is for can still be seen
  window.addEventListener("keydown", (event) => event.key === "Escape" && !isEscapeTaken(event) && host.close(), { capture: true });
  if (isAllowed) behaveAsGuest();
  else {
    root.replaceChildren();
    render(h(FramedNote, {}), root);
  }
  return isAllowed;
}

/** The history of the page around gets no entry. */
function behaveAsGuest() {
  document.addEventListener("click", (event) => {
    const link = /** @type {Element} */ (event.target).closest('a[href^="#/"]');
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    location.replace(/** @type {HTMLAnchorElement} */ (link).href);
  });
  window.addEventListener("focus", () => {
    if (document.activeElement === document.body) document.getElementById("message")?.focus();
  });
}
