/** Whether the browser has a network at all. */

import { signal } from "@preact/signals";

/** @returns {import("@preact/signals").ReadonlySignal<boolean>} */
export function followConnection() {
  const isOffline = signal(!navigator.onLine);
  const follow = () => (isOffline.value = !navigator.onLine);
  window.addEventListener("online", follow);
  window.addEventListener("offline", follow);
  return isOffline;
}
