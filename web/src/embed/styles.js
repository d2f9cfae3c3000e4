/** How the button and the panel look. */

import { accentOf } from "../core/accent.js";
import { PAPER } from "../core/theme.js";
import styles from "../styles/embed.css";

/**
 * @param {string} accent  `#rgb` or `#rrggbb`
 * @param {import("../core/theme.js").Theme} theme
 * @returns {CSSStyleSheet} which no policy of the page forbids, unlike a style element
 */
export function styleSheet(accent, theme) {
  const { light, dark } = accentOf(accent);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`${styles}
    :host {
      --accent: light-dark(${light}, ${dark});
      --on-accent: light-dark(#ffffff, ${PAPER.dark});
      color-scheme: ${theme === "system" ? "light dark" : theme};
    }`);
  return sheet;
}
