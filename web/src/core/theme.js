/** The themes a visitor can choose from, and the colours that browsers paint around the page. */

/** @typedef {"system" | "light" | "dark"} Theme */

/** @type {readonly Theme[]} */
export const THEMES = Object.freeze(["system", "light", "dark"]);

export const PAPER = Object.freeze({ light: "#fbfbf9", dark: "#141618" });

/**
 * @param {unknown} text
 * @returns {Theme} `system` for whatever is no theme
 */
export function themeOf(text) {
  return THEMES.find((theme) => theme === text) ?? "system";
}
