/** Messages between the tabs. Where the browser has no channels, or refuses one, nobody hears them. */

/**
 * @typedef {object} Channel
 * @property {(message: unknown) => void} tell  the other tabs
 * @property {(listener: (message: any) => void) => void} listen  what other tabs tell may come from another version of the page
 */

/**
 * @param {string} name
 * @returns {Channel}
 */
export function openChannel(name) {
  const channel = opened(name);
  return {
    tell(message) {
      try {
        channel?.postMessage(message);
      } catch {
        // the page is being left, or the browser refuses: the others learn it from storage
      }
    },
    listen: (listener) => channel?.addEventListener("message", ({ data }) => listener(data)),
  };
}

/** @param {string} name */
function opened(name) {
  try {
    return new BroadcastChannel(name);
  } catch {
    return null;
  }
}
