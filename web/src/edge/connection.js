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

/** Browsers say "online" without being sure, but "offline" only when they are. */
export function isBrowserOnline() {
  return globalThis.navigator?.onLine !== false;
}
