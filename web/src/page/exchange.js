/** One question and its answer. */

import { useComputed } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { isFromDevice, isOver } from "../core/answer.js";
import { canRetry, isOutage } from "../core/failure.js";
import * as words from "../words/en.js";
import { wordsFor } from "../words/failure.js";
import { filled, pieces } from "../words/filled.js";
import { clockTime } from "../words/time.js";
import { AnswerText, prepareAnswers } from "./answer_text.js";
import { focusConversation } from "./conversation_focus.js";
import { Countdown } from "./countdown.js";
import { html } from "./html.js";
import { later } from "./later.js";
import { ModelInfo } from "./model_info.js";
import { Question } from "./question.js";

/** @typedef {import("../core/answer.js").Answer} Answer */
/** @typedef {import("../core/conversation.js").Exchange} ExchangeValue */

const AnswerTools = later(async () => (await import("./answer_tools.js")).AnswerTools);

/** @param {{ exchange: ExchangeValue, session: import("../app/chat_session.js").ChatSession, isLast: boolean }} props */
export function Exchange({ exchange, session, isLast }) {
  const { id, answer, previousAnswer } = exchange;
  useEffect(prepareAnswers, []);
  const isContinued = useComputed(() => session.continuedId.value === id).value;
  // one of this device, and what has replaced it, can be asked for again wherever it stands
  const canAct = isLast || isFromDevice(answer) || (previousAnswer && isFromDevice(previousAnswer));
  const isWithoutWord = answer.state === "waiting" || answer.state === "accepted";
  return html`
    <${Question} exchange=${exchange} session=${session} />
    ${answer.state !== "queued" &&
    html`<article class="answer" data-state=${answer.state}>
      <div class="answer-head">
        <h2>${words.ANSWERER}</h2>
        ${isFromDevice(answer) && html`<span class="origin">${words.FROM_DEVICE}</span>`}
        ${answer.models.length > 0 && html`<${ModelInfo} id=${`model-${id}`} models=${answer.models} />`}
      </div>
      ${answer.text && html`<${AnswerText} text=${answer.text} isOver=${isOver(answer)} />`}
      ${isWithoutWord && html`<p class="processing">${words.PROCESSING}</p>`}
      ${answer.text && isOver(answer) && html`<${AnswerTools} text=${answer.text} />`}
      <${Ending} answer=${answer} isContinued=${isContinued}>${canAct && html`<${AnswerActions} id=${id} answer=${answer} session=${session} isLast=${isLast} />`}<//>
      ${exchange.supersededExchanges && isOver(answer) && html`<${BeforeEdit} id=${id} session=${session} />`}
    </article>`}
  `;
}

/**
 * What can be done about an answer that is not whole.
 * @param {{ id: string, answer: Answer, session: import("../app/chat_session.js").ChatSession, isLast: boolean }} props
 */
function AnswerActions({ id, answer, session, isLast }) {
  const isDisabled = !session.canSend.value;
  /** @param {() => void} act */
  const acting = (act) => (/** @type {MouseEvent} */ event) => {
    const isByKey = event.detail === 0;
    if (isByKey) focusConversation(event.currentTarget);
    act();
  };
  const isOfDevice = isFromDevice(answer);
  if (isOfDevice && session.isDown.value) return null;
  const canAgain = isOfDevice || (answer.state !== "done" && (!answer.failure || canRetry(answer.failure)));
  if (answer.finishReason === "content_filter") {
    return html`<button type="button" class="quiet" disabled=${isDisabled} onClick=${() => (session.editedId.value = id)}>${words.REPHRASE}</button>`;
  }
  return html`<span class="answer-actions">
    ${isLast && answer.text && !isOfDevice && html`<button type="button" class="quiet" disabled=${isDisabled} onClick=${acting(() => session.resume())}>${words.CONTINUE}</button>`}
    ${canAgain && html`<button type="button" class="quiet" disabled=${isDisabled} onClick=${acting(() => session.retry(id))}>${isOfDevice ? words.TRY_AGAIN : words.RETRY}</button>`}
  </span>`;
}

/**
 * An edit that has brought nothing can be undone.
 * @param {{ id: string, session: import("../app/chat_session.js").ChatSession }} props
 */
function BeforeEdit({ id, session }) {
  /** @param {MouseEvent} event */
  const onUndo = (event) => {
    focusConversation(event.currentTarget);
    session.undoEdit(id);
  };
  return html`<div class="ending">
    <p>${words.KEPT_BEFORE_EDIT}</p>
    <button type="button" class="quiet" onClick=${onUndo}>${words.RESTORE}</button>
  </div>`;
}

/** @param {{ answer: Answer, isContinued: boolean, children?: import("preact").ComponentChildren }} props */
function Ending({ answer, isContinued, children }) {
  if (answer.state === "done") {
    const isBlocked = answer.finishReason === "content_filter" && !answer.text;
    const note = isBlocked ? words.BLOCKED : words.FINISH_NOTES[answer.finishReason ?? ""];
    return note || isFromDevice(answer) ? html`<div class="ending">${note && html`<p>${note}</p>`}${children}</div>` : null;
  }
  if (answer.state === "stopped") {
    return html`<div class="ending"><p><strong>${words.STOPPED}</strong> ${answer.text && words.TEXT_KEPT}</p>${children}</div>`;
  }
  if (answer.state !== "failed" || !answer.failure) return null;

  const { what, next } = wordsFor(answer.failure);
  const { requestId, retryAt } = answer.failure;
  // the banner has the countdown when it is the whole service that has to wait
  const isOwnWait = retryAt !== null && !isOutage(answer.failure);
  return html`
    <div class="ending failure">
      <p>
        <strong>${answer.finishReason ? words.NOT_REPLACED : answer.text ? words.INTERRUPTED : words.NO_ANSWER}</strong> ${what} ${isContinued ? words.CONTINUES : next}
        ${isOwnWait && html` <span>${pieces(words.TRY_AT, { time: clockTime(retryAt), countdown: html`<${Countdown} until=${retryAt} />` })}</span>`}
        ${requestId && html` <span class="request-id">${filled(words.REFERENCE, { id: requestId })}</span>`}
      </p>
      ${children}
    </div>
  `;
}
