/** What an empty conversation shows. */

import * as words from "../words/en.js";
import { html } from "./html.js";

/** @param {{ canAsk: boolean, onAsk: (prompt: string) => void }} props */
export function Welcome({ canAsk, onAsk }) {
  return html`
    <div class="welcome">
      <h2>${words.WELCOME}</h2>
      <p>${words.WELCOME_TEXT}</p>
      <ul>
        ${words.PROMPTS.map(
          (prompt) => html`<li>
            <button type="button" disabled=${!canAsk} onClick=${() => onAsk(prompt)}>${prompt}</button>
          </li>`,
        )}
      </ul>
    </div>
  `;
}
