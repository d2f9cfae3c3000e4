/** Colours for code that is complete and in a language that we know. */

import { highlightingOf } from "./languages.js";
import { LazyDrawing } from "./lazy_drawing.js";

const drawing = new LazyDrawing(
  async () => (await import("./highlighter.js")).highlighted,
  (highlighted, code) => highlighted(code.textContent ?? "", highlightingOf(code.dataset.language ?? "", "") ?? ""),
);

/**
 * @param {HTMLElement} code
 * @param {string} name  of the language, as written
 */
export function highlight(code, name) {
  const text = code.textContent ?? "";
  const language = highlightingOf(name, text);
  if (language) drawing.want(code, `${language}\n${text}`);
}
