/** What code blocks and tables get beyond their text: a frame, a copy button, a way to scroll by keyboard. */

const COPIED_MS = 2_000;

/** Scrollable things must take the focus to be scrolled with keys; the others should not. */
const overflow = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.setAttribute("tabindex", "0");
    else target.removeAttribute("tabindex");
  }
});

/**
 * @param {DocumentFragment} fragment
 * @param {boolean} isSettled
 */
export function equip(fragment, isSettled) {
  for (const pre of fragment.querySelectorAll("pre")) equipCode(pre, isSettled);
  for (const table of fragment.querySelectorAll("table")) {
    const frame = group("table-frame", "Table");
    table.replaceWith(frame);
    frame.append(table);
    overflow.observe(frame);
  }
}

/**
 * @param {HTMLPreElement} pre
 * @param {boolean} isSettled
 */
function equipCode(pre, isSettled) {
  const code = pre.firstElementChild;
  const language = code?.getAttribute("data-language") ?? "";
  const frame = document.createElement("div");
  frame.className = "code-frame";
  const head = document.createElement("div");
  head.className = "code-head";
  head.append(language);
  if (isSettled) head.append(copyButton());

  pre.setAttribute("role", "group");
  pre.setAttribute("aria-label", language ? `Code, ${language}` : "Code");
  pre.replaceWith(frame);
  frame.append(head, pre);
  overflow.observe(pre);
}

function copyButton() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", () => copy(button));
  return button;
}

/** @param {HTMLButtonElement} button */
async function copy(button) {
  const code = button.closest(".code-frame")?.querySelector("code")?.textContent ?? "";
  const isCopied = await navigator.clipboard.writeText(code).then(
    () => true,
    () => false,
  );
  button.textContent = isCopied ? "Copied" : "Copying failed";
  setTimeout(() => (button.textContent = "Copy"), COPIED_MS);
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
