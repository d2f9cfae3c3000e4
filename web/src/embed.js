/**
 * Shows the chat in a panel on any page: `<script async src="https://…/embed.js"></script>`.
 *
 * Optional attributes: `data-title`, `data-accent` (`#rrggbb`) and `data-theme` (`light` or `dark`).
 */

import { COLOUR } from "./core/accent.js";
import { languageFor } from "./core/languages.js";
import { themeOf } from "./core/theme.js";
import { addPanel } from "./embed/panel.js";
import { EMBED_WORDS } from "./words/embed.js";

const { src, dataset } = /** @type {HTMLScriptElement} */ (document.currentScript);

function add() {
  // as the chat itself chooses, unless its visitor has chosen there
  const language = languageFor(navigator.languages) ?? "en";
  const { title = EMBED_WORDS[language].TITLE, accent = "", theme } = dataset;
  addPanel({
    // by its name, for a bucket serves no index at its root
    url: new URL("index.html", src),
    title,
    language,
    accent: COLOUR.test(accent) ? accent : "#0b6558",
    theme: themeOf(theme),
  });
}

if (document.body) add();
else document.addEventListener("DOMContentLoaded", add);
