/** What the visitor asked: it can be asked again in other words, and it may have to wait. */

import { useComputed } from "@preact/signals";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { BEGUN } from "../app/draft_keys.js";
import { isOver, isUnsent } from "../core/answer.js";
import { isOutage } from "../core/failure.js";
import { placesOf } from "../core/versions.js";
import { pieces } from "../words/filled.js";
import { clockTime } from "../words/time.js";
import { words } from "../words/words.js";
import { isComposing } from "./composing.js";
import { useComputedOf } from "./computed_of.js";
import { focusConversation } from "./conversation_focus.js";
import { Countdown } from "./countdown.js";
import { html } from "./html.js";
import { later } from "./later.js";
import { NotifyMe } from "./notify_me.js";
import { QuestionText } from "./question_text.js";
import { Versions } from "./versions.js";

/** @typedef {import("../core/conversation.js").Exchange} ExchangeValue */
/** @typedef {import("../app/chat_session.js").ChatSession} ChatSession */

const AttachedFiles = later(async () => (await import("./attached_files.js")).AttachedFiles);

/** @param {{ exchange: ExchangeValue, session: ChatSession }} props */
export function Question({ exchange, session }) {
  const { id, question, answer, attachments, versions } = exchange;
  const isWaiting = answer.state === "queued";
  // not the signals themselves: each change of theirs would draw every question again
  const isEdited = useComputedOf(id, () => session.editedId.value === id);
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
  const editButton = html`<button ref=${edit} type="button" class="quiet" disabled=${isWaiting ? false : cannotSend} onClick=${() => (session.editedId.value = id)}>${words.EDIT}</button>`;

  return html`
    <article class="question" data-unsent=${isWaiting || isUnsent(answer)}>
      <h2 class="unseen">${words.YOU}</h2>
      ${isEdited
        ? html`<${Editor} question=${question} isWaiting=${isWaiting} session=${session} id=${id} />`
        : html`<${QuestionText} key=${id} id=${id} question=${question} />`}
      ${attachments && html`<${AttachedFiles} key=${id} attachments=${attachments} library=${session.library} />`}
      ${!isEdited &&
      !isWaiting &&
      html`<div class="question-actions">
        ${editButton}
        <${Versions} name=${words.QUESTION_VERSIONS} id=${id} place=${placesOf(exchange).question} session=${session} />
      </div>`}
      ${!isEdited &&
      isWaiting &&
      html`<div class="waiting">
        <p>
          <strong>${words.WAITING}</strong> <${WaitingFor} id=${id} answer=${answer} session=${session} />
          ${versions && ` ${words.CANCEL_RESTORES}`}
        </p>
        <${NotifyMe} session=${session} />
        ${editButton}
        <button type="button" class="quiet" onClick=${() => session.cancel(id)}>${words.CANCEL}</button>
      </div>`}
    </article>
  `;
}

/** @param {{ id: string, answer: import("../core/answer.js").Answer, session: ChatSession }} props */
function WaitingFor({ id, answer: { failure, place }, session }) {
  const isFirst = session.conversation.value.find((exchange) => !isOver(exchange.answer))?.id === id;
  // what it was that made it wait may be over, and something else in its way
  const isForService = session.isDown.value || (failure && isOutage(failure));
  const code = failure?.code ?? "";
  const reason = !isFirst ? "another" : place ? "line" : isForService && !code.startsWith("device") ? "down" : code;
  const sentence = words.WAITING_FOR[reason] ?? words.WAITING_ANYHOW;
  // the banner has the countdown when it is the whole service that has to wait
  const isOwnWait = failure?.retryAt && reason === failure.code;
  if (!isOwnWait) return sentence;
  const slots = { time: clockTime(failure.retryAt ?? 0), countdown: html`<${Countdown} until=${failure.retryAt} />` };
  return html`${sentence} <span>${pieces(words.WAITING_UNTIL, slots)}</span>`;
}

/** @param {{ id: string, question: string, isWaiting: boolean, session: ChatSession }} props */
function Editor({ id, question, isWaiting, session }) {
  const { library } = session;
  const [draft, setDraft] = useState(() => library.editOf(id) || question);
  const box = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  useLayoutEffect(() => {
    box.current?.focus();
    box.current?.setSelectionRange(draft.length, draft.length);
  }, []);

  const canKeep = draft.trim() !== "" && (isWaiting || session.canSend.value);
  const forget = () => [id, BEGUN].forEach((name) => library.keepEdit(name, ""));
  /** @param {Event} event */
  const onSubmit = (event) => {
    event.preventDefault();
    if (!canKeep) return;
    focusConversation(event.currentTarget);
    forget();
    session.edit(id, draft);
  };
  const onCancel = () => {
    library.keepEdit(BEGUN, ""); // what was written is there again when it is edited again
    session.editedId.value = null;
  };
  /** @param {InputEvent} event */
  const onInput = (event) => {
    const { value } = /** @type {HTMLTextAreaElement} */ (event.target);
    library.keepEdit(id, value);
    library.keepEdit(BEGUN, id);
    setDraft(value);
  };
  /** @param {KeyboardEvent} event */
  const onKeyDown = (event) => {
    if (isComposing(event)) return;
    if (event.key === "Escape") onCancel();
    if (event.key === "Enter" && !event.shiftKey) onSubmit(event);
  };
  return html`<form class="editor" onSubmit=${onSubmit}>
    <div class="growing" data-words=${`${draft} `}><textarea
      ref=${box}
      aria-label=${words.EDITED_WORDS}
      dir="auto"
      rows="1"
      value=${draft}
      onInput=${onInput}
      onKeyDown=${onKeyDown}
    ></textarea></div>
    ${!isWaiting && html`<p>${words.EDIT_STARTS_VERSION}</p>`}
    <button type="submit" class="quiet" disabled=${!canKeep}>${isWaiting ? words.SAVE : words.ASK_AGAIN}</button>
    <button type="button" class="quiet" onClick=${onCancel}>${words.CANCEL}</button>
  </form>`;
}
