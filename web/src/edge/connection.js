/** Whether the browser has a network at all. */

import { signal } from "@preact/signals";

/** @returns {import("@preact/signals").ReadonlySignal<boolean>} */
export function followConnection() {
  const isOffline = signal(!navigator.onLine);
  window.addEventListener("online", () => (isOffline.value = false));
  window.addEventListener("offline", () => (isOffline.value = true));
  return isOffline;
}
