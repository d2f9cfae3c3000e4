/** What the page's tabs have between them: messages, turns, and a name for each tab. */

const CHANNEL = "nexus";
const LOCK_PREFIX = "nexus.";
const TAB_KEY = "nexus.tab";

/**
 * @typedef {object} Tabs
 * @property {string | null} tab  null where turns can be taken; otherwise this tab's name
 * @property {string} name
 * @property {(message: any) => void} tell
 * @property {(listener: (message: any) => void) => void} listen
 * @property {<T>(name: string, work: () => Promise<T>) => Promise<T>} withLock  one tab at a time, until the work is done or the tab is gone
 */

/** @returns {Tabs} */
export function browserTabs() {
  const channel = typeof BroadcastChannel === "function" ? new BroadcastChannel(CHANNEL) : null;
  const locks = globalThis.navigator?.locks;
  const name = tabName();
  return {
    name,
    tab: locks ? null : name,
    tell: (message) => channel?.postMessage(message),
    listen: (listener) => channel?.addEventListener("message", ({ data }) => listener(data)),
    withLock: (lock, work) => (locks ? whenLocked(locks, lock, work) : work()),
  };
}

/**
 * @template T
 * @param {LockManager} locks
 * @param {string} lock
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
async function whenLocked(locks, lock, work) {
  const result = /** @type {{ done?: Promise<T> }} */ ({});
  try {
    await locks.request(LOCK_PREFIX + lock, () => (result.done = work()));
  } catch {
    // a browser that refuses storage may refuse locks too: then there are no turns to wait for
  }
  return result.done ?? work();
}

/** One for as long as the tab is open, also after a reload. */
function tabName() {
  try {
    const name = sessionStorage.getItem(TAB_KEY) ?? newId();
    sessionStorage.setItem(TAB_KEY, name);
    return name;
  } catch {
    return newId();
  }
}

/** @returns {string} */
export function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
