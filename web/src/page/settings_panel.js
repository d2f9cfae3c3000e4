/** What the settings hold: the theme, and the ways to the keyboard shortcuts and the status page. */

import { signal } from "@preact/signals";
import { THEMES } from "../core/theme.js";
import { addStyles } from "../edge/style_sheets.js";
import { onThemeOfOtherTabs, showTheme, storeTheme, storedTheme } from "../edge/theme_setting.js";
import styles from "../styles/settings.css";
import * as words from "../words/en.js";
import { html } from "./html.js";

/** @typedef {import("../core/theme.js").Theme} Theme */

addStyles(styles);

/** As long as the page is open, also where it cannot be stored. */
const theme = signal(storedTheme());
onThemeOfOtherTabs((chosen) => (theme.value = chosen));

/** @param {{ onHelp: () => void }} props */
export function SettingsPanel({ onHelp }) {
  /** @param {Theme} chosen */
  const choose = (chosen) => {
    storeTheme(chosen);
    showTheme(chosen);
    theme.value = chosen;
  };

  return html`
    <fieldset class="themes">
      <legend>${words.THEME}</legend>
      <div>
        ${THEMES.map(
          (name) => html`<label key=${name}>
            <input type="radio" name="theme" checked=${theme.value === name} onChange=${() => choose(name)} />
            <span>${words.THEME_NAMES[name]}</span>
          </label>`,
        )}
      </div>
    </fieldset>
    <button type="button" class="quiet" onClick=${onHelp}>${words.SHORTCUTS_TITLE}</button>
    <a class="status-link" href="status.html" target="_blank">${words.SERVICE_STATUS}</a>
  `;
}
