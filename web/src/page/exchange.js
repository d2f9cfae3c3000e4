/** One question and its answer. */

import { useComputed } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { isFromDevice, isOver } from "../core/answer.js";
import { hasNothing } from "../core/conversation.js";
import { canRetry, isOutage } from "../core/failure.js";
import { canBeRated } from "../core/rating.js";
import { placesOf } from "../core/versions.js";
import { wordsFor } from "../words/failure.js";
import { filled, pieces } from "../words/filled.js";
import { ANSWERER } from "../words/names.js";
import { clockTime } from "../words/time.js";
import { words } from "../words/words.js";
import { AnswerText, prepareAnswers } from "./answer_text.js";
import { useComputedOf } from "./computed_of.js";
import { feedbackUrl } from "./feedback_url.js";
import { focusConversation } from "./conversation_focus.js";
import { Countdown } from "./countdown.js";
import { html } from "./html.js";
import { later } from "./later.js";
import { ModelInfo } from "./model_info.js";
import { Question } from "./question.js";
import { Versions } from "./versions.js";

/** @typedef {import("../core/answer.js").Answer} Answer */
/** @typedef {import("../core/conversation.js").Exchange} ExchangeValue */

const AnswerTools = later(async () => (await import("./answer_tools.js")).AnswerTools);
const Rating = later(async () => (await import("./rating.js")).Rating);

/** @param {{ exchange: ExchangeValue, session: import("../app/chat_session.js").ChatSession, isLast: boolean }} props */
export function Exchange({ exchange, session, isLast }) {
  const { id, answer } = exchange;
  useEffect(prepareAnswers, []);
  const isContinued = useComputedOf(id, () => session.continuedId.value === id);
  const isOfDevice = isFromDevice(answer);
  const hasOwnRetry = isOfDevice || (isLast && answer.state !== "done");
  const isWithoutWord = answer.state === "waiting" || answer.state === "accepted";
  return html`
    <${Question} exchange=${exchange} session=${session} />
    ${answer.state !== "queued" &&
    html`<article class="answer" data-state=${answer.state}>
      <div class="answer-head">
        <h2>${ANSWERER}</h2>
        ${isOfDevice && html`<span class="origin">${words.FROM_DEVICE}</span>`}
        ${answer.models.length > 0 && html`<${ModelInfo} id=${`model-${id}`} models=${answer.models} />`}
      </div>
      ${answer.text && html`<${AnswerText} key=${id} text=${answer.text} isOver=${isOver(answer)} />`}
      ${isWithoutWord && html`<p class="processing">${words.PROCESSING}</p>`}
      ${isOver(answer) &&
      html`<div class="answer-tools">
        <${Versions} name=${words.ANSWER_VERSIONS} id=${id} place=${placesOf(exchange).answer} session=${session} />
        ${answer.text && html`<${AnswerTools} key=${id} text=${answer.text} />`}
        ${!hasOwnRetry && html`<${TryAgain} id=${id} session=${session} />`}
        ${feedbackUrl.value && canBeRated(exchange, session.library.now()) && html`<${Rating} key=${id} id=${id} answer=${answer} session=${session} />`}
      </div>`}
      <${Ending} answer=${answer} isContinued=${isContinued}>
        ${(isLast || isOfDevice) && html`<${AnswerActions} id=${id} answer=${answer} session=${session} isLast=${isLast} />`}
      <//>
      ${exchange.versions && hasNothing(answer) && html`<${Undo} id=${id} session=${session} />`}
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
 * Another answer, as a version of its own.
 * @param {{ id: string, session: import("../app/chat_session.js").ChatSession }} props
 */
function TryAgain({ id, session }) {
  const isDisabled = useComputed(() => !session.canSend.value);
  /** @param {MouseEvent} event */
  const onClick = (event) => {
    focusConversation(event.currentTarget); // the button goes
    session.retry(id);
  };
  return html`<button type="button" class="copy" disabled=${isDisabled} onClick=${onClick}>${words.TRY_AGAIN}</button>`;
}

/**
 * A version that has brought nothing can be undone.
 * @param {{ id: string, session: import("../app/chat_session.js").ChatSession }} props
 */
function Undo({ id, session }) {
  /** @param {MouseEvent} event */
  const onUndo = (event) => {
    focusConversation(event.currentTarget);
    session.undoVersion(id);
  };
  return html`<div class="ending">
    <p>${words.KEPT_BEFORE}</p>
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
