/**
 * Says an HTML page that the service has written in English in another language.
 *
 * `data-say` names a sentence, and a child with a `data-slot` stands in that slot of it. Nothing is parsed: texts
 * become texts, and elements that are there move.
 */

import { filled, pieces } from "../words/filled.js";
import { lengthText, shareText, stretchText, timeText, timeZone } from "./amounts.js";
import { sentenceOf } from "./words.js";

/** @typedef {import("../core/languages.js").Language} Language */
/** @typedef {import("./words.js").StatusWords} StatusWords */

/**
 * @param {ParentNode} root
 * @param {StatusWords} words
 * @param {Language} language
 */
export function translate(root, words, language) {
  for (const time of root.querySelectorAll("time")) time.textContent = timeText(time.dateTime, language, words.UNDER_A_MINUTE);
  for (const share of root.querySelectorAll("data")) share.textContent = shareText(Number(share.value), language);
  for (const zone of root.querySelectorAll("[data-slot=zone]")) zone.textContent = timeZone();
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-say]"))) {
    const sentence = sentenceOf(words, element.dataset.say ?? "");
    const slots = Object.fromEntries([...element.children].map((child) => [child.getAttribute("data-slot"), child]));
    if (sentence) element.replaceChildren(...pieces(sentence, slots));
  }
  for (const strip of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-states]"))) nameBars(strip, words, language);
}

/**
 * A bar's title says when it was, and how long something was in which state.
 * @param {HTMLElement} strip
 * @param {StatusWords} words
 * @param {Language} language
 */
function nameBars({ children, dataset: { states, first, seconds } }, words, language) {
  for (const [index, bar] of /** @type {HTMLElement[]} */ ([...children]).entries()) {
    const counts = Object.entries(bar.dataset);
    if (counts.length === 0) continue;
    const start = (Number(first) + index * Number(seconds)) * 1000;
    const lines = counts.map(([state, count]) =>
      filled(sentenceOf(words, `${states}.${state}`) ?? "", { length: lengthText(Number(count), language, words.UNDER_A_MINUTE) }),
    );
    bar.title = [stretchText(start, Number(seconds), language), ...lines].join("\n");
  }
}
