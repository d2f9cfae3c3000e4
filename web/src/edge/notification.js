/** Tells a visitor who is elsewhere of something, if they have allowed it. */

/** One replaces another. */
const TAG = "nexus";

/** @param {string} title @param {string} body  without any of an answer: a screen may be locked */
export async function notify(title, body) {
  if (globalThis.Notification?.permission !== "granted") return;
  const options = { body, tag: TAG };
  try {
    const notification = new Notification(title, options);
    notification.onclick = () => {
      window.focus();
      notification.close();
    };
  } catch {
    // Android leaves notifications to the service worker, where there is one
    const registration = await navigator.serviceWorker?.getRegistration().catch(() => undefined);
    await registration?.showNotification(title, options).catch(() => {});
  }
}
