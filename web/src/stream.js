/** What the page hears of at once while models are short. */

import { AvailabilityStream } from "./edge/availability_stream.js";

/**
 * @param {object} parts
 * @param {Promise<{ availabilityUrl: string }>} parts.config
 * @param {import("./edge/tabs.js").Tabs} parts.tabs
 * @param {import("./edge/availability_source.js").AvailabilitySource} parts.source
 * @param {import("./edge/shared_check.js").SharedCheck} parts.sharedCheck
 * @param {import("./app/chat_session.js").ChatSession} parts.session
 * @param {import("./edge/availability_poller.js").AvailabilityPoller} parts.poller
 * @returns {AvailabilityStream} one that is not open yet
 */
export function streamFor({ config, tabs, source, sharedCheck, session, poller }) {
  return new AvailabilityStream({
    url: config.then(({ availabilityUrl }) => availabilityUrl),
    locks: tabs.locks,
    onFound: (found) => {
      source.heard();
      sharedCheck.tell(found);
      session.state.learn(found);
      poller.reschedule();
    },
    isVisible: () => !document.hidden,
  });
}
