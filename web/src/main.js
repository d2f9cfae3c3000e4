/** Starts the page: picks the real service and keeps the session, the poller and the page together. */

import { h, render } from "preact";
import { ChatSession } from "./chat_session.js";
import { checkAvailability } from "./edge/availability_client.js";
import { AvailabilityPoller } from "./edge/availability_poller.js";
import { askChat } from "./edge/chat_client.js";
import { loadConfig } from "./edge/config.js";
import { App } from "./page/app.js";
import { followVisibleHeight } from "./page/visible_height.js";

const config = loadConfig(document.baseURI);

const session = new ChatSession({
  async *ask(messages, signal) {
    yield* askChat({ url: (await config).chatUrl, messages, signal });
  },
  async check() {
    return checkAvailability((await config).availabilityUrl);
  },
});

const poller = new AvailabilityPoller(
  () => session.checkAvailability(),
  () => session.availability.value,
);
session.onRefused = () => poller.reschedule();

followVisibleHeight();
render(h(App, { session }), /** @type {HTMLElement} */ (document.getElementById("page")));
poller.start();
