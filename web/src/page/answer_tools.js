/** What can be done with an answer that is over: copy it, share it, hear it. */

import { languageOf } from "../core/language_of.js";
import { copyFrom } from "../edge/copying.js";
import { canShare, share } from "../edge/sharing.js";
import { hasVoice, readAloud, spoken, stopReading } from "../edge/speech.js";
import { plainText } from "../markdown/plain_text.js";
import { ANSWERER } from "../words/names.js";
import { words } from "../words/words.js";
import { announce } from "../edge/announcements.js";
import { useEffect } from "preact/hooks";
import { html } from "./html.js";

/** @param {{ text: string }} props  as the Markdown that it was written in */
export function AnswerTools({ text }) {
  const isSpoken = spoken.value === text;
  // of an answer that has gone, nobody wants to hear the rest
  useEffect(() => () => void (spoken.peek() === text && stopReading()), [text]);

  /** @param {MouseEvent} event */
  const onCopy = (event) => copyFrom(buttonOf(event), text);
  /** @param {MouseEvent} event */
  const onCopyPlain = (event) => copyFrom(buttonOf(event), plainText(text));
  const onRead = () => (isSpoken ? stopReading() : readAloud(text, plainText(text, { isSpoken: true }), languageOf(text) ?? navigator.language));
  /** @param {MouseEvent} event */
  const onShare = async (event) => {
    const button = buttonOf(event);
    if ((await share({ title: ANSWERER, text: plainText(text) })) === "refused") announce(button, words.NOT_SHARED);
  };

  return html`
    <button type="button" class="copy" onClick=${onCopy}>${words.COPY_ANSWER}</button>
    <button type="button" class="copy" onClick=${onCopyPlain}>${words.COPY_PLAIN}</button>
    ${hasVoice.value && html`<button type="button" class="copy" onClick=${onRead}>${isSpoken ? words.STOP_READING : words.READ_ALOUD}</button>`}
    ${canShare && html`<button type="button" class="copy" onClick=${onShare}>${words.SHARE}</button>`}
  `;
}

/** @param {MouseEvent} event */
function buttonOf(event) {
  return /** @type {HTMLButtonElement} */ (event.currentTarget);
}
