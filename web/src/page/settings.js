/** The button at the end of the header, and the panel that it opens. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { words } from "../words/words.js";
import { html } from "./html.js";
import { SettingsIcon } from "./icons.js";
import { later } from "./later.js";

const SettingsPanel = later(async () => (await import("./settings_panel.js")).SettingsPanel);

/** @param {{ onHelp: () => void }} props */
export function Settings({ onHelp }) {
  const [isOpen, setOpen] = useState(false);
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const button = useRef(/** @type {HTMLButtonElement | null} */ (null));
  useClosing(box, button, isOpen, () => setOpen(false));

  const openHelp = () => {
    // the dialog gives the focus back to where it was, and the panel will be gone
    button.current?.focus();
    setOpen(false);
    onHelp();
  };

  return html`
    <div class="settings" ref=${box}>
      <button
        type="button"
        class="quiet round"
        ref=${button}
        aria-label=${words.SETTINGS}
        aria-expanded=${isOpen}
        aria-controls="settings"
        onPointerEnter=${SettingsPanel.prepare}
        onFocus=${SettingsPanel.prepare}
        onClick=${() => setOpen(!isOpen)}
      >
        <${SettingsIcon} />
      </button>
      <div id="settings" class="settings-panel" data-popup hidden=${!isOpen}>
        ${isOpen && html`<${SettingsPanel} onHelp=${openHelp} />`}
      </div>
    </div>
  `;
}

/**
 * Escape, a press elsewhere and the focus that goes elsewhere close what is open.
 * @param {import("preact").RefObject<HTMLElement | null>} box
 * @param {import("preact").RefObject<HTMLButtonElement | null>} button  gets the focus on Escape
 * @param {boolean} isOpen
 * @param {() => void} close
 */
function useClosing(box, button, isOpen, close) {
  useLayoutEffect(() => {
    if (!isOpen) return;
    /** @param {Event} event */
    const closeIfElsewhere = ({ target }) => {
      if (!box.current?.contains(/** @type {Node} */ (target))) close();
    };
    /** @param {KeyboardEvent} event */
    const closeOnEscape = ({ key }) => {
      if (key !== "Escape") return;
      if (box.current?.contains(document.activeElement)) button.current?.focus();
      close();
    };
    document.addEventListener("pointerdown", closeIfElsewhere);
    document.addEventListener("focusin", closeIfElsewhere);
    document.addEventListener("keydown", closeOnEscape);
    return () => {
      document.removeEventListener("pointerdown", closeIfElsewhere);
      document.removeEventListener("focusin", closeIfElsewhere);
      document.removeEventListener("keydown", closeOnEscape);
    };
  }, [isOpen]);
}
