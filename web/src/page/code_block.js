/** What code blocks and tables get beyond their text: a frame, a copy button, colours, a way to scroll by keyboard. */

import { copyFrom } from "./copying.js";
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
export function equip(fragment) {
  for (const pre of fragment.querySelectorAll("pre")) equipCode(pre);
  for (const table of fragment.querySelectorAll("table")) {
    const frame = group("table-frame", "Table");
    table.replaceWith(frame);
    frame.append(table);
    overflow.observe(frame);
  }
}

/** @param {HTMLPreElement} pre */
function equipCode(pre) {
  const code = /** @type {HTMLElement} */ (pre.firstElementChild);
  const { language = "", open } = code.dataset;
  const frame = document.createElement("div");
  frame.className = "code-frame";
  frame.dir = "ltr";
  const head = document.createElement("div");
  head.className = "code-head";
  const name = document.createElement("span");
  name.textContent = language;
  head.append(name);
  if (open !== "true") {
    head.append(copyButton(code));
    highlight(code, language);
  }
  pre.setAttribute("role", "group");
  pre.setAttribute("aria-label", language ? `Code, ${language}` : "Code");
  pre.replaceWith(frame);
  frame.append(head, pre);
  overflow.observe(pre);
}

/** @param {HTMLElement} code */
function copyButton(code) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", () => copyFrom(button, code.textContent ?? ""));
  return button;
}

/**
 * @param {string} className
 * @param {string} label
 */
function group(className, label) {
  const element = document.createElement("div");
  element.className = className;
  element.setAttribute("role", "group");
  element.setAttribute("aria-label", label);
  return element;
}
