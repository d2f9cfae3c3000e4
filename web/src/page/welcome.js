/** What an empty conversation shows. */

import { html } from "./html.js";

const PROMPTS = [
  "Explain how a rainbow forms, as if I were ten",
  "Plan three dinners for a busy week",
  "Help me write a kind but firm email",
  "Compare three ways to learn a language",
];

/** @param {{ canSend: boolean, onAsk: (prompt: string) => void }} props */
export function Welcome({ canSend, onAsk }) {
  return html`
    <div class="welcome">
      <h2>What is on your mind?</h2>
      <p>Ask anything, paste something to work on, or begin with one of these.</p>
      <ul>
        ${PROMPTS.map(
          (prompt) => html`<li>
            <button type="button" disabled=${!canSend} onClick=${() => onAsk(prompt)}>${prompt}</button>
          </li>`,
        )}
      </ul>
    </div>
  `;
}
