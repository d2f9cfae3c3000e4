/** What the settings hold: the theme, the language, and the ways to the keyboard shortcuts and the status page. */

import { signal } from "@preact/signals";
import { LANGUAGES } from "../core/languages.js";
import { THEMES } from "../core/theme.js";
import { announce } from "../edge/announcements.js";
import { storeLanguage, storedLanguage } from "../edge/language_setting.js";
import { addStyles } from "../edge/style_sheets.js";
import { onThemeOfOtherTabs, showTheme, storeTheme, storedTheme } from "../edge/theme_setting.js";
import styles from "../styles/settings.css";
import { LANGUAGE_NAMES } from "../words/names.js";
import { words } from "../words/words.js";
import { branding } from "./branding.js";
import { html } from "./html.js";
import { speakChosen } from "./language.js";

/** @typedef {import("../core/languages.js").Language} Language */
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
  /** @param {Event} event */
  const onLanguage = async (event) => {
    storeLanguage(/** @type {Language | ""} */ (/** @type {HTMLSelectElement} */ (event.target).value));
    const isSpoken = await speakChosen(branding.value.language);
    requestAnimationFrame(() => {
      // the panel went with the page in the other language
      /** @type {HTMLElement | null} */ (document.querySelector('[aria-controls="settings"]'))?.focus();
      announce(document.body, isSpoken ? words.LANGUAGE_CHANGED : words.NOT_LOADED);
    });
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
    <label class="language">
      ${words.LANGUAGE}
      <select value=${storedLanguage()} onChange=${onLanguage}>
        <option value="">${words.LANGUAGE_OF_BROWSER}</option>
        ${LANGUAGES.map((name) => html`<option key=${name} value=${name} lang=${name}>${LANGUAGE_NAMES[name]}</option>`)}
      </select>
    </label>
    <button type="button" class="quiet" onClick=${onHelp}>${words.SHORTCUTS_TITLE}</button>
    <a class="status-link" href="status.html" target="_blank">${words.SERVICE_STATUS}</a>
  `;
}
