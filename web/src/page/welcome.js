/** What an empty conversation shows. */

import { words } from "../words/words.js";
import { branding } from "./branding.js";
import { html } from "./html.js";

/** @param {{ canAsk: boolean, onAsk: (prompt: string) => void }} props */
export function Welcome({ canAsk, onAsk }) {
  const { tagline, starters, languages } = branding.value;
  return html`
    <div class="welcome">
      <h2>${words.WELCOME}</h2>
      <p lang=${languages.tagline} dir="auto">${tagline ?? words.WELCOME_TEXT}</p>
      <ul lang=${languages.starters}>
        ${(starters ?? words.PROMPTS).map(
          (prompt) => html`<li>
            <button type="button" dir="auto" disabled=${!canAsk} onClick=${() => onAsk(prompt)}>${prompt}</button>
          </li>`,
        )}
      </ul>
    </div>
  `;
}
