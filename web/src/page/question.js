/** What the visitor asked: it can be asked again in other words, and it may have to wait. */

import { useComputed } from "@preact/signals";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { isOver, isUnsent } from "../core/answer.js";
import { clockTime } from "../core/countdown.js";
import { isOutage } from "../core/failure.js";
import { isComposing } from "./composing.js";
import { Countdown } from "./countdown.js";
import { html } from "./html.js";

/** @typedef {import("../core/conversation.js").Exchange} ExchangeValue */
/** @typedef {import("../app/chat_session.js").ChatSession} ChatSession */

const WAITING_FOR = /** @type {Record<string, string>} */ ({
  another: "Will be sent automatically after the message before it.",
  offline: "Will be sent automatically when you are online.",
  down: "Will be sent automatically when the service is back.",
  visitor_rate_limited: "You have sent many messages in a short time. This one will be sent automatically.",
});

/** Under this name is the question in which something was written last, until that is done. */
const BEGUN = "begun";

/** @param {{ exchange: ExchangeValue, session: ChatSession }} props */
export function Question({ exchange: { id, question, answer, supersededExchanges }, session }) {
  const isWaiting = answer.state === "queued";
  // not the signals themselves: each change of theirs would draw every question again
  const isEdited = useComputed(() => session.editedId.value === id).value;
  const cannotSend = useComputed(() => !session.canSend.value);
  const edit = useRef(/** @type {HTMLButtonElement | null} */ (null));
  const wasEdited = useRef(false);
  useLayoutEffect(() => {
    // the page was left while this was being rewritten
    if (session.editedId.peek() === null && session.library.editOf(BEGUN) === id) session.editedId.value = id;
  }, []);
  useLayoutEffect(() => {
    if (wasEdited.current && !isEdited) edit.current?.focus();
    wasEdited.current = isEdited;
  }, [isEdited]);
  const editButton = html`<button ref=${edit} type="button" class="quiet" disabled=${isWaiting ? false : cannotSend} onClick=${() => (session.editedId.value = id)}>Edit</button>`;

  return html`
    <article class="question" data-unsent=${isWaiting || isUnsent(answer)}>
      <h2 class="unseen">You</h2>
      ${isEdited
        ? html`<${Editor} question=${question} isWaiting=${isWaiting} session=${session} id=${id} />`
        : html`<p dir="auto">${question}</p>`}
      ${!isEdited && !isWaiting && html`<div class="question-actions">${editButton}</div>`}
      ${!isEdited &&
      isWaiting &&
      html`<div class="waiting">
        <p>
          <strong>Waiting.</strong> <${WaitingFor} id=${id} answer=${answer} session=${session} />
          ${supersededExchanges && " Cancel brings back what was here before your edit."}
        </p>
        ${editButton}
        <button type="button" class="quiet" onClick=${() => session.cancel(id)}>Cancel</button>
      </div>`}
    </article>
  `;
}

/** @param {{ id: string, answer: import("../core/answer.js").Answer, session: ChatSession }} props */
function WaitingFor({ id, answer: { failure }, session }) {
  const isFirst = session.conversation.value.find((exchange) => !isOver(exchange.answer))?.id === id;
  // what it was that made it wait may be over, and something else in its way
  const isForService = session.isDown.value || (failure && isOutage(failure));
  const reason = !isFirst ? "another" : isForService ? "down" : (failure?.code ?? "");
  const words = WAITING_FOR[reason] ?? "Will be sent automatically.";
  // the banner has the countdown when it is the whole service that has to wait
  const isOwnWait = failure?.retryAt && reason === failure.code;
  return html`${words}${isOwnWait && html` <span>At ${clockTime(failure.retryAt ?? 0)}, in <${Countdown} until=${failure.retryAt} /></span>`}`;
}

/** @param {{ id: string, question: string, isWaiting: boolean, session: ChatSession }} props */
function Editor({ id, question, isWaiting, session }) {
  const { library } = session;
  const [words, setWords] = useState(() => library.editOf(id) || question);
  const box = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  useLayoutEffect(() => {
    box.current?.focus();
    box.current?.setSelectionRange(words.length, words.length);
  }, []);

  const canKeep = words.trim() !== "" && (isWaiting || session.canSend.value);
  const forget = () => [id, BEGUN].forEach((name) => library.keepEdit(name, ""));
  /** @param {Event} event */
  const onSubmit = (event) => {
    event.preventDefault();
    if (!canKeep) return;
    forget();
    session.edit(id, words);
  };
  const onCancel = () => {
    forget();
    session.editedId.value = null;
  };
  /** @param {InputEvent} event */
  const onInput = (event) => {
    const { value } = /** @type {HTMLTextAreaElement} */ (event.target);
    library.keepEdit(id, value);
    library.keepEdit(BEGUN, id);
    setWords(value);
  };
  /** @param {KeyboardEvent} event */
  const onKeyDown = (event) => {
    if (isComposing(event)) return;
    if (event.key === "Escape") onCancel();
    if (event.key === "Enter" && !event.shiftKey) onSubmit(event);
  };
  return html`<form class="editor" onSubmit=${onSubmit}>
    <div class="growing" data-words=${`${words} `}><textarea
      ref=${box}
      aria-label="Your words"
      dir="auto"
      rows="1"
      value=${words}
      onInput=${onInput}
      onKeyDown=${onKeyDown}
    ></textarea></div>
    ${!isWaiting && html`<p>What came after it is replaced once the answer begins.</p>`}
    <button type="submit" class="quiet" disabled=${!canKeep}>${isWaiting ? "Save" : "Ask again"}</button>
    <button type="button" class="quiet" onClick=${onCancel}>Cancel</button>
  </form>`;
}
