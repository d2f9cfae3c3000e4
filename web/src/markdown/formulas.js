/** Formulas, typeset where their TeX stands; until then, or if it is no TeX, the source is there as code. */

import { words } from "../words/words.js";
import { makeScrollable } from "./code_block.js";
import { LazyDrawing } from "./lazy_drawing.js";

/** More in one block are a burden, and no reader's. */
const MAX_FORMULAS = 200;
/** Shorter ones fit into a line of a phone. */
const LONG_CHARS = 40;

const drawing = new LazyDrawing(
  async () => (await import("./typesetter.js")).typeset,
  (typeset, element) => typeset(element.textContent ?? "", element.dataset.math === "display"),
);

/** @param {DocumentFragment} fragment */
export function typesetIn(fragment) {
  const formulas = /** @type {HTMLElement[]} */ ([...fragment.querySelectorAll("code[data-math]")]);
  for (const element of formulas.slice(0, MAX_FORMULAS)) {
    const tex = element.textContent ?? "";
    if (tex.length > LONG_CHARS) element.dataset.long = "true";
    if (tex.length > LONG_CHARS || element.dataset.math === "display") makeScrollable(element, words.FORMULA);
    drawing.want(element, `${element.dataset.math}\n${tex}`);
  }
}
