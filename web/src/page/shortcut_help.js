/** The dialog that lists the keyboard shortcuts. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { SHORTCUTS, keyNames } from "../core/shortcuts.js";
import { setTakesSingleKeys, takesSingleKeys } from "../edge/shortcut_setting.js";
import { addStyles } from "../edge/style_sheets.js";
import styles from "../styles/help.css";
import { pieces } from "../words/filled.js";
import { words } from "../words/words.js";
import { html } from "./html.js";
import { isMac } from "./shortcuts.js";

/** @typedef {import("../core/shortcuts.js").Combination} Combination */

addStyles(styles);

/** @param {{ onClose: () => void }} props */
export function ShortcutHelp({ onClose }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const [areTaken, setTaken] = useState(takesSingleKeys);
  // the browser keeps the focus inside, and gives it back when the dialog closes
  useLayoutEffect(() => dialog.current?.showModal(), []);

  const close = () => dialog.current?.close();
  /** @param {MouseEvent} event */
  const onClick = (event) => {
    if (event.target === dialog.current) close(); // on what is around it
  };
  /** @param {Event} event */
  const onTaken = (event) => {
    const { checked } = /** @type {HTMLInputElement} */ (event.target);
    setTakesSingleKeys(checked);
    setTaken(checked);
  };

  return html`
    <dialog ref=${dialog} class="help" aria-labelledby="help-title" onClose=${onClose} onClick=${onClick}>
      <div class="help-body">
        <div class="help-head">
          <h2 id="help-title">${words.SHORTCUTS_TITLE}</h2>
          <button type="button" class="quiet" onClick=${close}>${words.CLOSE}</button>
        </div>
        <dl>
          ${SHORTCUTS.map(
            ({ id, combinations }) => html`<div key=${id}>
              <dt>${words.SHORTCUT_NAMES[id]}</dt>
              <dd>${combinations.map((combination, index) => html`${index > 0 && html`<span> ${words.OR} </span>`}<${Keys} combination=${combination} />`)}</dd>
            </div>`,
          )}
        </dl>
        <label class="choice">
          <input type="checkbox" checked=${areTaken} onChange=${onTaken} />
          <span>${pieces(words.SINGLE_KEYS, { slash: html`<kbd>/</kbd>`, question: html`<kbd>?</kbd>` })}</span>
        </label>
      </div>
    </dialog>
  `;
}

/** @param {{ combination: Combination }} props */
function Keys({ combination }) {
  return html`<span class="keys">
    ${keyNames(combination, isMac()).map((name, index) => html`${index > 0 && "+"}<kbd>${name}</kbd>`)}
  </span>`;
}
