/**
 * Which answers the page goes on with by itself, and when. Time is an argument.
 *
 * 1. An answer that the service had begun, and that broke off for a reason that passes. One that was stopped stays stopped.
 * 2. At most `MOST_CONTINUATIONS` times, each later than the one before; a visitor who asks again starts the count anew.
 * 3. Within a day: whoever comes back later is asked. Nothing that was imported, or stored without the time, goes on.
 * 4. No answer of this device: nobody has agreed to send it anywhere.
 */

import { isFromDevice } from "./answer.js";

/** @typedef {import("./conversation.js").Exchange} Exchange */

const MOST_CONTINUATIONS = 8;
const LONGEST_DELAY_MS = 60_000;
const FIRST_DELAY_MS = 1_000;
const DAY_MS = 86_400_000;

/** What passes: connections, instances and limits. */
const PASSING = new Set([
  "answer_interrupted",
  "bad_gateway",
  "deadline_exceeded",
  "first_byte_timeout",
  "idle_timeout",
  "interrupted",
  "models_exhausted",
  "models_unavailable",
  "network",
  "offline",
  "unavailable",
  "unconfirmed",
  "unexpected_reply",
  "visitor_rate_limited",
]);

/**
 * @param {Exchange} exchange
 * @param {number} now
 */
export function isContinuable({ answer, asked, continuations = 0 }, now) {
  const wasBegun = answer.accepted || continuations > 0;
  const isPassing = answer.state === "failed" && answer.failure !== null && PASSING.has(answer.failure.code);
  return isPassing && wasBegun && !isFromDevice(answer) && asked !== undefined && now - asked.at < DAY_MS && continuations < MOST_CONTINUATIONS;
}

/**
 * The first time at once, because the service may well be there and only this page was not.
 * @param {Exchange} exchange
 * @returns {number} an instant
 */
export function continuableAt({ asked, continuations = 0 }) {
  const delay = continuations === 0 ? 0 : Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (continuations - 1));
  return (asked?.at ?? 0) + delay;
}
