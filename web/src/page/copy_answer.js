/** Copies an answer as the Markdown that it was written in. */

import { copyFrom } from "../edge/copying.js";
import * as words from "../words/en.js";
import { html } from "./html.js";

/** @param {{ text: string }} props */
export function CopyAnswer({ text }) {
  const onClick = (/** @type {MouseEvent} */ event) => copyFrom(/** @type {HTMLButtonElement} */ (event.currentTarget), text);
  return html`<p class="answer-tools"><button type="button" class="copy" onClick=${onClick}>${words.COPY_ANSWER}</button></p>`;
}
