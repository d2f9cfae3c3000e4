/**
 * What the page sends by itself, and when: questions that wait, and answers that broke off. Time and circumstances are
 * arguments.
 *
 * 1. Only a question that has certainly not reached a model may wait: it will be sent without anybody being asked.
 * 2. Within a conversation the order is that of writing; nothing goes out while an answer is coming in.
 * 3. A refusal starts the wait anew, and no wait is shorter than `MIN_WAIT_MS`.
 * 4. While no model is known to answer, nothing goes out before `releaseAt`, which is another instant in each browser.
 * 5. What is to go on with an answer is in core/continuation.js.
 * 6. While a visitor has to wait, this device answers what waits in one conversation, if the visitor wants it to.
 * 7. What has a place in line goes out when it is called. A question without goes out at once to get one, where there is a line.
 */

import { isOver } from "./answer.js";
import { isDown } from "./availability.js";
import { continuableAt, isContinuable } from "./continuation.js";
import { isBusy } from "./conversation.js";
import { isOutage } from "./failure.js";
import { calledAt } from "./waiting_room.js";

/** @typedef {import("./answer.js").Answer} Answer */
/** @typedef {import("./availability.js").Availability} Availability */
/** @typedef {import("./conversation.js").Exchange} Exchange */
/** @typedef {import("./failure.js").Failure} Failure */
/** @typedef {import("./stored_conversation.js").StoredConversation} StoredConversation */

/**
 * @typedef {object} Circumstances
 * @property {boolean} isOnline
 * @property {boolean} isVisible  a page that nobody sees may be without a network and not know
 * @property {Availability} availability
 * @property {string | null} tab  the only tab whose questions may go out; null: any, because tabs take turns
 * @property {ReadonlySet<string>} edited  questions that are being rewritten
 * @property {string | null} [onDevice]  the conversation that this device answers
 */

/** Against a server whose instant lies in the past each time, and a browser that is not sure whether it is online. */
const MIN_WAIT_MS = 1_000;

/** What this device could not answer waits for the service. */
const DEVICE_REFUSALS = new Set(["device_failed", "device_too_long"]);

/**
 * Whether a question that was refused like this may wait and be sent automatically.
 * @param {Failure} failure
 */
export function isWorthWaiting(failure) {
  const { code, retryAt } = failure;
  if (code === "offline" || DEVICE_REFUSALS.has(code) || isOutage(failure)) return true;
  return (code === "visitor_rate_limited" || code === "unavailable") && retryAt !== null;
}

/**
 * @param {Iterable<StoredConversation>} all
 * @param {Circumstances} circumstances
 * @param {number} now
 * @returns {{ conversation: StoredConversation, exchange: Exchange, isForDevice: boolean } | null}
 */
export function nextToSend(all, circumstances, now) {
  return candidates(all, circumstances, now).find((candidate) => (readyAt(candidate, circumstances) ?? Infinity) <= now) ?? null;
}

/**
 * When it is worth looking again, if nothing happens before.
 * @param {Iterable<StoredConversation>} all
 * @param {Circumstances} circumstances
 * @param {number} now
 * @returns {number | null}
 */
export function nextLookAt(all, circumstances, now) {
  const instants = candidates(all, circumstances, now).flatMap((candidate) => readyAt(candidate, circumstances) ?? []);
  return instants.length ? Math.min(...instants) : null;
}

/**
 * The first that is to go out in each conversation, those that have waited longest first.
 * @param {Iterable<StoredConversation>} all
 * @param {Circumstances} circumstances
 * @param {number} now
 */
function candidates(all, { tab, edited, onDevice }, now) {
  return [...all]
    .flatMap((conversation) => {
      if (isBusy(conversation.exchanges)) return [];
      const forDevice = conversation.id === onDevice ? firstForDevice(conversation.exchanges) : undefined;
      const exchange = forDevice ?? firstToSend(conversation.exchanges, now);
      const isMine = exchange && (tab === null || waiting(exchange).by === tab);
      return isMine && !edited.has(exchange.id) ? [{ conversation, exchange, isForDevice: exchange === forDevice }] : [];
    })
    .sort((a, b) => waiting(a.exchange).since - waiting(b.exchange).since);
}

/**
 * An answer is gone on with as long as nothing has been said after it.
 * @param {readonly Exchange[]} exchanges
 * @param {number} now
 */
export function firstToSend(exchanges, now) {
  const end = exchanges.findLastIndex((exchange) => isOver(exchange.answer) && !isContinuable(exchange, now));
  return exchanges.find((exchange, index) => exchange.answer.state === "queued" || (index > end && isContinuable(exchange, now)));
}

/** @param {readonly Exchange[]} exchanges */
function firstForDevice(exchanges) {
  return exchanges.find(({ answer }) => answer.state === "queued" && !DEVICE_REFUSALS.has(answer.failure?.code ?? ""));
}

/** @param {Exchange} exchange */
function waiting({ answer, asked }) {
  return answer.state === "queued" ? { since: answer.queuedAt ?? 0, by: answer.tab } : { since: asked?.at ?? 0, by: asked?.by };
}

/**
 * @param {{ exchange: Exchange, isForDevice: boolean }} candidate
 * @param {Circumstances} circumstances
 * @returns {number | null} null: not before something else has happened
 */
function readyAt({ exchange, isForDevice }, { isOnline, isVisible, availability }) {
  if (isForDevice) return 0;
  const { answer } = exchange;
  const { state, failure, queuedAt = 0 } = answer;
  const { status, releaseAt = 0 } = availability;
  if (!isOnline || (state !== "queued" && !isVisible)) return null;
  const inOrder = state === "queued" ? queuedAt + MIN_WAIT_MS : continuableAt(exchange);
  if (isForLine(answer, availability)) return turnOf(answer, availability, inOrder);
  if (isDown(availability)) return null;
  if (status === "unchecked" && isRefusal(failure)) return null;
  // a check that says the service is back is newer than the instant that was promised
  const isOutageOver = isRefusal(failure) && isUp(availability);
  return Math.max(isOutageOver ? 0 : (failure?.retryAt ?? 0), inOrder, releaseAt);
}

/**
 * Whether a question waits for its turn, or for a place. One that was refused without a place has been told that there is none.
 * @param {Answer} answer
 * @param {Availability} availability
 */
function isForLine({ state, failure, place }, availability) {
  if (availability.status === "unchecked") return false;
  return availability.serving ? place || (state === "queued" && !isRefusal(failure)) : place && !isUp(availability);
}

/**
 * @param {Answer} answer
 * @param {Availability} availability
 * @param {number} inOrder  not before
 * @returns {number | null} null: nobody knows
 */
function turnOf({ failure, place }, { serving }, inOrder) {
  const turnAt = place ? calledAt(place, serving) : 0;
  const ownWait = isRefusal(failure) ? 0 : (failure?.retryAt ?? 0);
  return turnAt === null ? null : Math.max(turnAt, ownWait, inOrder);
}

/** @param {Failure | null} failure */
function isRefusal(failure) {
  return failure !== null && isOutage(failure);
}

/** @param {Availability} availability */
function isUp({ status }) {
  return status === "operational" || status === "degraded";
}
