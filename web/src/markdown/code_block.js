/** What code blocks and tables get beyond their text: a frame, a copy button, colours, a way to scroll by keyboard. */

import { copyFrom } from "../edge/copying.js";
import { filled } from "../words/filled.js";
import { words } from "../words/words.js";
import { highlight } from "./highlighting.js";

/** Scrollable things must take the focus to be scrolled with keys; the others should not. */
const overflow = new ResizeObserver((entries) => {
  // all are measured before the first is changed: the page is laid out once
  const changes = entries.map(({ target }) => ({ target, isWide: target.scrollWidth > target.clientWidth }));
  for (const { target, isWide } of changes) {
    if (isWide) target.setAttribute("tabindex", "0");
    else target.removeAttribute("tabindex");
  }
});

/** @param {DocumentFragment} fragment */
export function addCodeAndTableTools(fragment) {
  for (const pre of fragment.querySelectorAll("pre")) addCodeTools(pre);
  for (const table of fragment.querySelectorAll("table")) {
    const frame = document.createElement("div");
    frame.className = "table-frame";
    table.replaceWith(frame);
    frame.append(table);
    makeScrollable(frame, words.TABLE);
  }
}

/** @param {HTMLPreElement} pre */
function addCodeTools(pre) {
  const code = /** @type {HTMLElement} */ (pre.firstElementChild);
  const { language = "", open } = code.dataset;
  const frame = document.createElement("div");
  frame.className = "code-frame";
  frame.dir = "ltr";
  const head = document.createElement("div");
  head.className = "code-head";
  head.lang = document.documentElement.lang; // an answer may be in another
  const name = document.createElement("span");
  name.textContent = language;
  head.append(name);
  if (open !== "true") {
    head.append(copyButton(code));
    highlight(code, language);
  }
  pre.replaceWith(frame);
  frame.append(head, pre);
  makeScrollable(pre, language ? filled(words.CODE_IN, { language }) : words.CODE, open === "true");
}

/** @param {HTMLElement} code */
function copyButton(code) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = words.COPY;
  button.addEventListener("click", () => copyFrom(button, code.textContent ?? ""));
  return button;
}

/**
 * @param {HTMLElement} element
 * @param {string} label
 * @param {boolean} [isGrowing]  its content may become wider, of which no observer hears
 */
export function makeScrollable(element, label, isGrowing = false) {
  element.setAttribute("role", "group");
  element.setAttribute("aria-label", label);
  if (isGrowing) element.tabIndex = 0;
  else overflow.observe(element);
}
