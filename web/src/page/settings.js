/** The button at the end of the header, and what it opens: the theme, and the way to the keyboard shortcuts. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { THEMES } from "../core/theme.js";
import { onThemeOfOtherTabs, showTheme, storeTheme, storedTheme } from "../edge/theme_setting.js";
import * as words from "../words/en.js";
import { html } from "./html.js";
import { SettingsIcon } from "./icons.js";

/** @typedef {import("../core/theme.js").Theme} Theme */

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
        onClick=${() => setOpen(!isOpen)}
      >
        <${SettingsIcon} />
      </button>
      <div id="settings" class="settings-panel" data-popup hidden=${!isOpen}>
        <${ThemeChoice} />
        <button type="button" class="quiet" onClick=${openHelp}>${words.SHORTCUTS_TITLE}</button>
      </div>
    </div>
  `;
}

function ThemeChoice() {
  const [theme, setTheme] = useState(storedTheme);
  useEffect(() => showTheme(theme), [theme]);
  useEffect(() => onThemeOfOtherTabs(setTheme), []);

  /** @param {Theme} chosen */
  const choose = (chosen) => {
    storeTheme(chosen);
    setTheme(chosen);
  };

  return html`
    <fieldset class="themes">
      <legend>${words.THEME}</legend>
      <div>
        ${THEMES.map(
          (name) => html`<label key=${name}>
            <input type="radio" name="theme" checked=${theme === name} onChange=${() => choose(name)} />
            <span>${words.THEME_NAMES[name]}</span>
          </label>`,
        )}
      </div>
    </fieldset>
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
