/** One question and its answer. */

import { isOver, isUnsent } from "../core/answer.js";
import { canRetry, wordsFor } from "../core/failure.js";
import { AnswerText } from "./answer_text.js";
import { CopyAnswer } from "./copy_answer.js";
import { Countdown, clockTime } from "./countdown.js";
import { html } from "./html.js";
import { ModelInfo } from "./model_info.js";

/** @typedef {import("../core/answer.js").Answer} Answer */
/** @typedef {import("../core/conversation.js").Exchange} ExchangeValue */

/** What is to be said about answers that are complete but not whole. */
const FINISH_NOTES = /** @type {Record<string, string>} */ ({
  length: "The answer ends here because it reached its greatest length.",
  content_filter: "The answer ends here because a content filter stopped it.",
});

/** @param {{ exchange: ExchangeValue, onRetry: (() => void) | null, canSend: boolean }} props */
export function Exchange({ exchange: { id, question, answer }, onRetry, canSend }) {
  return html`
    <article class="question" data-unsent=${isUnsent(answer)}>
      <h2 class="unseen">You</h2>
      <p dir="auto">${question}</p>
    </article>
    <article class="answer" data-state=${answer.state}>
      <div class="answer-head">
        <h2>Nexus Core</h2>
        ${answer.models.length > 0 && html`<${ModelInfo} id=${`model-${id}`} models=${answer.models} />`}
      </div>
      ${answer.text && html`<${AnswerText} text=${answer.text} isOver=${isOver(answer)} />`}
      ${!answer.text && !isOver(answer) && html`<p class="processing">Processing…</p>`}
      ${answer.text && isOver(answer) && html`<${CopyAnswer} text=${answer.text} />`}
      <${Ending} answer=${answer} onRetry=${onRetry} canSend=${canSend} />
    </article>
  `;
}

/** @param {{ answer: Answer, onRetry: (() => void) | null, canSend: boolean }} props */
function Ending({ answer, onRetry, canSend }) {
  const retry = onRetry && html`<button type="button" class="quiet" disabled=${!canSend} onClick=${onRetry}>Retry</button>`;
  if (answer.state === "done") {
    const note = FINISH_NOTES[answer.finishReason ?? ""];
    return note ? html`<p class="ending">${note}</p>` : null;
  }
  if (answer.state === "stopped") {
    return html`<div class="ending"><p><strong>Stopped.</strong> ${answer.text && "What had arrived is kept."}</p>${retry}</div>`;
  }
  if (!answer.failure) return null;

  const { what, next } = wordsFor(answer.failure);
  const { code, requestId, retryAt } = answer.failure;
  // the banner has the countdown when it is the whole service that has to wait
  const isOwnWait = retryAt !== null && code !== "models_exhausted";
  return html`
    <div class="ending failure">
      <p>
        <strong>${answer.text ? "Interrupted. " : "No answer. "}</strong>${what} ${next}
        ${isOwnWait && html` <span>From ${clockTime(retryAt)}: <${Countdown} until=${retryAt} /></span>`}
        ${requestId && html` <span class="request-id">Reference: ${requestId}</span>`}
      </p>
      ${canRetry(answer.failure) && retry}
    </div>
  `;
}
