/** Whether the browser has a network at all. */

import { signal } from "@preact/signals";

/**
 * @param {(words: string) => void} announce  to those who do not see the note
 * @returns {import("@preact/signals").ReadonlySignal<boolean>}
 */
export function followConnection(announce) {
  const isOffline = signal(!navigator.onLine);
  window.addEventListener("online", () => {
    isOffline.value = false;
    announce("You are online again.");
  });
  window.addEventListener("offline", () => {
    isOffline.value = true;
    announce("You are offline.");
  });
  return isOffline;
}
