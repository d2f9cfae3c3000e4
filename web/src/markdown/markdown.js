/**
 * Makes elements that can do no harm from what a model has written.
 *
 * What a model writes may be written by whoever wrote what it read. So:
 * 1. DOMPurify keeps listed elements and attributes only; there is none among them that loads anything;
 * 2. links go to the web or to mail, say where, open apart from the page and tell it nothing.
 */

import DOMPurify from "dompurify";
import { hiddenTarget } from "./links.js";
import { words } from "../words/words.js";
import { addCodeAndTableTools } from "./code_block.js";
import { typesetIn } from "./formulas.js";

const TABLE_PARTS = "tbody td th thead tr".split(" ");
const SANITISER_OPTIONS = {
  ALLOWED_TAGS: ["a blockquote br code del em h3 h4 h5 h6 hr li ol p pre small strong sub sup table ul".split(" "), TABLE_PARTS].flat(),
  ALLOWED_ATTR: ["align", "data-language", "data-math", "data-open", "data-task", "href", "start"],
  // the others are no addresses, and not to be held against the pattern below
  ADD_URI_SAFE_ATTR: ["align", "data-language", "data-math", "data-open", "data-task", "start"],
  ALLOW_ARIA_ATTR: false,
  ALLOW_DATA_ATTR: false,
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
};

/**
 * @param {string} source
 * @returns {DocumentFragment}
 */
export function elementsOf(source) {
  const isRow = source.startsWith("<tr>");
  const whole = isRow ? `<table><tbody>${source}</tbody></table>` : source;
  const fragment = DOMPurify.sanitize(whole, { ...SANITISER_OPTIONS, RETURN_DOM_FRAGMENT: true });
  for (const link of fragment.querySelectorAll("a")) secure(link);
  for (const item of fragment.querySelectorAll("li")) if (item.dataset.task) addTaskBox(item);
  typesetIn(fragment);
  if (isRow) fragment.replaceChildren(...fragment.querySelectorAll("tr"));
  else addCodeAndTableTools(fragment);
  // a block reads in the direction of its own first letter; what is within a list or a table follows its whole
  for (const element of fragment.children) if (!element.matches("li, tr, [dir]")) element.setAttribute("dir", "auto");
  for (const code of fragment.querySelectorAll("code")) code.dir = "ltr";
  return fragment;
}

/** @param {HTMLAnchorElement} link */
function secure(link) {
  // what no browser takes for an address leads nowhere, and is words like any other
  if (!URL.canParse(link.href)) return link.replaceWith(...link.childNodes);
  link.rel = "noopener noreferrer nofollow";
  link.target = "_blank";
  link.referrerPolicy = "no-referrer";
  link.title = link.href;
  const target = hiddenTarget(link.textContent ?? "", link.href);
  if (!target) return;
  const host = document.createElement("span");
  host.className = "link-target";
  host.dir = "ltr";
  host.textContent = target;
  link.append(" ", host);
}

/** A sign, not a checkbox: nobody can tick it. @param {HTMLLIElement} item */
function addTaskBox(item) {
  const isDone = item.dataset.task === "done";
  const box = document.createElement("span");
  box.className = "task-box";
  box.role = "img";
  box.ariaLabel = isDone ? words.TASK_DONE : words.TASK_OPEN;
  box.textContent = isDone ? "☑" : "☐";
  const { firstChild } = item;
  (firstChild instanceof HTMLParagraphElement ? firstChild : item).prepend(box, " ");
}
