/** What an empty conversation shows. */

import * as words from "../words/en.js";
import { branding } from "./branding.js";
import { html } from "./html.js";

/** @param {{ canAsk: boolean, onAsk: (prompt: string) => void }} props */
export function Welcome({ canAsk, onAsk }) {
  const { tagline, starters, language } = branding.value;
  return html`
    <div class="welcome">
      <h2>${words.WELCOME}</h2>
      <p lang=${language} dir="auto">${tagline}</p>
      <ul lang=${language}>
        ${starters.map(
          (prompt) => html`<li>
            <button type="button" dir="auto" disabled=${!canAsk} onClick=${() => onAsk(prompt)}>${prompt}</button>
          </li>`,
        )}
      </ul>
    </div>
  `;
}
