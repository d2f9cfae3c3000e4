/** Shows the page in the theme that was chosen, and remembers it where the browser lets it. */

import { PAPER, themeOf } from "../core/theme.js";
import { localData } from "./web_storage.js";

/** @typedef {import("../core/theme.js").Theme} Theme */

const KEY = "nexus-theme";

/** @returns {Theme} the visitor's, else that of the page around this one */
export function storedTheme() {
  return themeOf(localData.read(KEY) ?? new URLSearchParams(location.search).get("theme"));
}

/** @param {Theme} theme  lasts as long as the page where it cannot be stored */
export function storeTheme(theme) {
  localData.write(KEY, theme);
}

/** @param {Theme} theme */
export function showTheme(theme) {
  document.documentElement.dataset.theme = theme;
  for (const meta of document.querySelectorAll("meta")) {
    if (meta.name === "color-scheme") meta.content = theme === "system" ? "light dark" : theme;
    if (meta.name === "theme-color") meta.content = PAPER[theme === "system" ? schemeOf(meta) : theme];
  }
}

/**
 * Calls back when another tab has chosen.
 * @param {(theme: Theme) => void} listener
 */
export function onThemeOfOtherTabs(listener) {
  window.addEventListener("storage", ({ key, newValue }) => key === KEY && listener(themeOf(newValue)));
}

/** @param {HTMLMetaElement} meta */
function schemeOf(meta) {
  return meta.media.includes("dark") ? "dark" : "light";
}
