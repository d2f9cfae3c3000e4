/** The words of a question; of a long one, such as a pasted file, the beginning until somebody wants the rest. */

import { useState } from "preact/hooks";
import { words } from "../words/words.js";
import { html } from "./html.js";

/** More than these take more room than an answer's beginning should wait for. */
const MOST_CHARACTERS = 1_200;
const MOST_LINES = 16;

/** @param {{ id: string, question: string }} props */
export function QuestionText({ id, question }) {
  const [isWhole, setWhole] = useState(false);
  const isLong = question.length > MOST_CHARACTERS || question.split("\n").length > MOST_LINES;
  if (!isLong) return html`<p dir="auto">${question}</p>`;
  const textId = `question-${id}`;
  return html`
    <p dir="auto" id=${textId} class=${isWhole ? "" : "folded"}>${question}</p>
    <button type="button" class="quiet unfold" aria-expanded=${isWhole} aria-controls=${textId} onClick=${() => setWhole(!isWhole)}>
      ${isWhole ? words.SHOW_LESS : words.SHOW_MORE}
    </button>
  `;
}
