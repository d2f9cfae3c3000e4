/**
 * Which of the questions that wait may go out, and when. Time and circumstances are arguments.
 *
 * 1. Only a question that has certainly not reached a model may wait: it will be sent without anybody being asked.
 * 2. Within a conversation the order is that of writing; nothing goes out while an answer is coming in.
 * 3. A refusal starts the wait anew, and no wait is shorter than `MIN_WAIT_MS`.
 */

import { isBusy } from "./conversation.js";

/** @typedef {import("./availability.js").Availability} Availability */
/** @typedef {import("./conversation.js").Exchange} Exchange */
/** @typedef {import("./failure.js").Failure} Failure */
/** @typedef {import("./library.js").Kept} Kept */

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
 * Whether a question that was refused like this may wait and go out by itself.
 * @param {Failure} failure
 */
export function isWorthWaiting({ code, retryAt }) {
  if (code === "offline" || code === "models_exhausted") return true;
  return (code === "visitor_rate_limited" || code === "unavailable") && retryAt !== null;
}

/**
 * @param {Iterable<Kept>} all
 * @param {Circumstances} circumstances
 * @param {number} now
 * @returns {{ kept: Kept, exchange: Exchange } | null}
 */
export function nextToSend(all, circumstances, now) {
  return candidates(all, circumstances).find(({ exchange }) => (readyAt(exchange, circumstances) ?? Infinity) <= now) ?? null;
}

/**
 * When it is worth looking again, if nothing happens before.
 * @param {Iterable<Kept>} all
 * @param {Circumstances} circumstances
 * @returns {number | null}
 */
export function nextLookAt(all, circumstances) {
  const instants = candidates(all, circumstances).flatMap(({ exchange }) => readyAt(exchange, circumstances) ?? []);
  return instants.length ? Math.min(...instants) : null;
}

/**
 * The first that waits in each conversation, those that have waited longest first.
 * @param {Iterable<Kept>} all
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
  if (!isOnline || availability.status === "exhausted") return null;
  if (!failure || failure.code === "offline") return queuedAt + MIN_WAIT_MS;
  const isServiceBack = availability.status === "operational" || availability.status === "degraded";
  if (failure.code !== "models_exhausted") return Math.max(failure.retryAt ?? 0, queuedAt + MIN_WAIT_MS);
  if (availability.status === "unchecked") return null;
  // a check that says the service is back is newer than the instant that was promised
  return Math.max(isServiceBack ? 0 : (failure.retryAt ?? 0), queuedAt + MIN_WAIT_MS);
}
