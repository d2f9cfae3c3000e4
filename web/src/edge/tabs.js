/** What the page's tabs have between them: messages, locks, and a name for each tab. */

import { openChannel } from "./channel.js";
import { Locks } from "./locks.js";
import { tabData } from "./web_storage.js";

const TAB_KEY = "nexus.tab";

/**
 * @typedef {object} Tabs
 * @property {string} name  of this tab
 * @property {import("./channel.js").Channel["tell"]} tell
 * @property {import("./channel.js").Channel["listen"]} listen
 * @property {Pick<Locks, "areGranted" | "withLock" | "tryLock">} locks
 */

/** @returns {Tabs} */
export function browserTabs(locks = new Locks()) {
  return { name: tabName(), locks, ...openChannel("nexus") };
}

/** One for as long as the tab is open, also after a reload. */
function tabName() {
  const name = tabData.read(TAB_KEY) ?? newId();
  tabData.write(TAB_KEY, name);
  return name;
}

/** @returns {string} */
export function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
