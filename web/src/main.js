/** Starts the page: picks the real service and keeps the session, the poller and the page together. */

import { h, render } from "preact";
import { ChatSession } from "./chat_session.js";
import { ConversationLibrary } from "./conversation_library.js";
import { followAddress, idInAddress } from "./edge/address.js";
import { checkAvailability } from "./edge/availability_client.js";
import { AvailabilityPoller } from "./edge/availability_poller.js";
import { askChat, isBrowserOnline } from "./edge/chat_client.js";
import { loadConfig } from "./edge/config.js";
import { IndexedDbStorage } from "./edge/conversation_storage.js";
import { drafts } from "./edge/drafts.js";
import { browserTabs, newId } from "./edge/tabs.js";
import { App } from "./page/app.js";
import { followVisibleHeight } from "./page/visible_height.js";

const config = loadConfig(document.baseURI);

const library = new ConversationLibrary({ storage: new IndexedDbStorage(), tabs: browserTabs(), drafts, newId });

const session = new ChatSession(
  {
    async *ask(messages, signal) {
      yield* askChat({ url: (await config).chatUrl, messages, signal });
    },
    async check() {
      return checkAvailability((await config).availabilityUrl);
    },
    isOnline: isBrowserOnline,
  },
  library,
);

const poller = new AvailabilityPoller(
  () => session.checkAvailability(),
  () => session.availability.value,
);
session.onRefused = () => poller.reschedule();

window.addEventListener("online", () => session.wake());
window.addEventListener("pagehide", () => library.shelf.keepAll());

followVisibleHeight();
const loaded = library.shelf.load();
// an empty page would be a lie where the address names a conversation
if (idInAddress()) await loaded;
followAddress(library);
render(h(App, { session }), /** @type {HTMLElement} */ (document.getElementById("page")));
poller.start();
