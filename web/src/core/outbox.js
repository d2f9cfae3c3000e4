/**
 * Which of the questions that wait may go out, and when. Time and circumstances are arguments.
 *
 * 1. Only a question that has certainly not reached a model may wait: it will be sent without anybody being asked.
 * 2. Within a conversation the order is that of writing; nothing goes out while an answer is coming in.
 * 3. A refusal starts the wait anew, and no wait is shorter than `MIN_WAIT_MS`.
 * 4. While no model is known to answer, nothing goes out before `releaseAt`, which is another instant in each browser.
 */

import { isDown } from "./availability.js";
import { isBusy } from "./conversation.js";
import { isOutage } from "./failure.js";

/** @typedef {import("./availability.js").Availability} Availability */
/** @typedef {import("./conversation.js").Exchange} Exchange */
/** @typedef {import("./failure.js").Failure} Failure */
/** @typedef {import("./library.js").StoredConversation} StoredConversation */

/**
 * @typedef {object} Circumstances
 * @property {boolean} isOnline
 * @property {Availability} availability
 * @property {string | null} tab  the only tab whose questions may go out; null: any, because tabs take turns
 * @property {string | null} edited  a question that is being rewritten
 */

/** Against a server whose instant lies in the past each time, and a browser that is not sure whether it is online. */
const MIN_WAIT_MS = 1_000;

/**
 * Whether a question that was refused like this may wait and be sent automatically.
 * @param {Failure} failure
 */
export function isWorthWaiting(failure) {
  const { code, retryAt } = failure;
  if (code === "offline" || isOutage(failure)) return true;
  return (code === "visitor_rate_limited" || code === "unavailable") && retryAt !== null;
}

/**
 * @param {Iterable<StoredConversation>} all
 * @param {Circumstances} circumstances
 * @param {number} now
 * @returns {{ kept: StoredConversation, exchange: Exchange } | null}
 */
export function nextToSend(all, circumstances, now) {
  return candidates(all, circumstances).find(({ exchange }) => (readyAt(exchange, circumstances) ?? Infinity) <= now) ?? null;
}

/**
 * When it is worth looking again, if nothing happens before.
 * @param {Iterable<StoredConversation>} all
 * @param {Circumstances} circumstances
 * @returns {number | null}
 */
export function nextLookAt(all, circumstances) {
  const instants = candidates(all, circumstances).flatMap(({ exchange }) => readyAt(exchange, circumstances) ?? []);
  return instants.length ? Math.min(...instants) : null;
}

/**
 * The first that waits in each conversation, those that have waited longest first.
 * @param {Iterable<StoredConversation>} all
 * @param {Circumstances} circumstances
 */
function candidates(all, { tab, edited }) {
  return [...all]
    .flatMap((kept) => {
      const exchange = isBusy(kept.exchanges) ? undefined : kept.exchanges.find(({ answer }) => answer.state === "queued");
      const isMine = exchange && (tab === null || exchange.answer.tab === tab);
      return isMine && exchange.id !== edited ? [{ kept, exchange }] : [];
    })
    .sort((a, b) => (a.exchange.answer.queuedAt ?? 0) - (b.exchange.answer.queuedAt ?? 0));
}

/**
 * @param {Exchange} exchange
 * @param {Circumstances} circumstances
 * @returns {number | null} null: not before something else has happened
 */
function readyAt({ answer: { failure, queuedAt = 0 } }, { isOnline, availability }) {
  const { status, releaseAt = 0 } = availability;
  if (!isOnline || isDown(availability)) return null;
  if (status === "unchecked" && failure && isOutage(failure)) return null;
  // a check that says the service is back is newer than the instant that was promised
  const isOver = failure && isOutage(failure) && (status === "operational" || status === "degraded");
  return Math.max(isOver ? 0 : (failure?.retryAt ?? 0), queuedAt + MIN_WAIT_MS, releaseAt);
}
