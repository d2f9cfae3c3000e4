/**
 * The life of one answer: a state machine without clock, network or page.
 *
 * 1. Everything that changes an answer is an event, and `TRANSITIONS` says which events a state takes.
 * 2. An event that the state does not take changes nothing: what arrives after the end is late, not wrong.
 * 3. A question that the service cannot take yet is `queued`: visitors read "Waiting". It is neither live nor over.
 * 4. Every answer ends as `done`, `stopped` or `failed`, and text that has arrived is never taken back.
 */

/** @typedef {import("./failure.js").Failure} Failure */

/** @typedef {"queued" | "waiting" | "accepted" | "streaming" | "done" | "stopped" | "failed"} State */

/**
 * @typedef {{ type: "accepted" }
 *   | { type: "queued", failure: Failure, at: number, tab: string }
 *   | { type: "sent", model?: string }
 *   | { type: "model", name: string }
 *   | { type: "text", text: string }
 *   | { type: "finished", reason: string, hint?: string }
 *   | { type: "stopped" }
 *   | { type: "failed", failure: Failure }} AnswerEvent
 */

/**
 * @typedef {object} Answer
 * @property {State} state
 * @property {boolean} accepted  whether the service took the question (it replied 200)
 * @property {string} text  Markdown, as far as it has arrived
 * @property {readonly string[]} models  display names of those who answered, in order; more than one after a change on the way. `DEVICE` is one
 * @property {string | null} finishReason  once done
 * @property {Failure | null} failure  once failed, or what a queued question waits for
 * @property {number} [queuedAt]  when it was last queued
 * @property {string} [tab]  the browser tab that queued it
 * @property {string} [hint]  says to the service, once done, which model it was
 * @property {import("./rating.js").Rating} [rating]  what the visitor has said of it
 * @property {import("./waiting_room.js").Place} [place]  in line, until the service has taken the question
 */

/** Stands among the models' names for the one that the visitor's browser has. */
export const DEVICE = "this device";

/** @type {Record<State, Partial<Record<AnswerEvent["type"], State>>>} */
export const TRANSITIONS = {
  queued: { sent: "waiting" },
  waiting: { accepted: "accepted", queued: "queued", stopped: "stopped", failed: "failed" },
  accepted: { model: "accepted", text: "streaming", finished: "done", stopped: "stopped", failed: "failed" },
  streaming: { model: "streaming", text: "streaming", finished: "done", stopped: "stopped", failed: "failed" },
  done: {},
  stopped: {},
  failed: {},
};

/** @type {Answer} */
export const NEW_ANSWER = Object.freeze({
  state: "waiting",
  accepted: false,
  text: "",
  models: [],
  finishReason: null,
  failure: null,
});

/** To the same messages, for which the place in line holds. @param {Answer} before @returns {Answer} */
export function nextAnswer({ place }) {
  return place ? { ...NEW_ANSWER, place } : NEW_ANSWER;
}

/**
 * @param {Answer} answer
 * @param {AnswerEvent} event
 * @returns {Answer}
 */
export function afterEvent(answer, event) {
  const state = TRANSITIONS[answer.state][event.type];
  if (!state) return answer;
  switch (event.type) {
    case "queued":
      return { ...withFailure(answer, event.failure), state, models: [], queuedAt: event.at, tab: event.tab };
    case "sent":
      return { ...answer, state, failure: null, ...(event.model && { models: [event.model] }) };
    case "accepted":
      return withoutPlace({ ...answer, state, accepted: true });
    case "model":
      return answer.models.at(-1) === event.name ? answer : { ...answer, state, models: [...answer.models, event.name] };
    case "text":
      return { ...answer, state, text: answer.text + event.text };
    case "finished":
      return { ...answer, state, finishReason: event.reason, ...(event.hint && { hint: event.hint }) };
    case "failed":
      return { ...withFailure(answer, event.failure), state };
    default:
      return { ...answer, state };
  }
}

/** @param {Answer} answer @param {Failure} failure @returns {Answer} */
function withFailure(answer, { place, ...failure }) {
  // a refusal for limits without a ticket says that there is no line; others say nothing of it
  const before = failure.code === "models_exhausted" ? withoutPlace(answer) : answer;
  return { ...before, failure, ...(place && { place }) };
}

/** @param {Answer} answer @returns {Answer} */
export function withoutPlace(answer) {
  const rest = { ...answer };
  delete rest.place;
  return rest;
}

/** @param {Answer} answer */
export function isOver(answer) {
  return Object.keys(TRANSITIONS[answer.state]).length === 0;
}

/**
 * Whether somebody is working on it at this moment.
 * @param {Answer} answer
 */
export function isLive(answer) {
  return !isOver(answer) && answer.state !== "queued";
}

/**
 * Whether the question never reached a model: its words are still the visitor's to change.
 * @param {Answer} answer
 */
export function isUnsent(answer) {
  return isOver(answer) && !answer.accepted;
}

/**
 * Whether it comes from the visitor's own browser. The service knows nothing of it.
 * @param {Answer} answer
 */
export function isFromDevice({ models }) {
  return models.at(-1) === DEVICE;
}
