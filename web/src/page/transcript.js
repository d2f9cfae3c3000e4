/** What the page shows above the textbox: the open conversation, or what an empty one begins with. */

import { words } from "../words/words.js";
import { html } from "./html.js";
import { later } from "./later.js";
import { Welcome } from "./welcome.js";

const Conversation = later(async () => (await import("./conversation.js")).Conversation);

/** Fetches what conversations are drawn with. */
export const prepareConversation = Conversation.prepare;

/** @param {{ session: import("../app/chat_session.js").ChatSession, isElsewhere: import("@preact/signals").ReadonlySignal<boolean> }} props */
export function Transcript({ session, isElsewhere }) {
  if (session.conversation.value.length > 0) return html`<${Conversation} session=${session} />`;
  return html`
    <div class="scroller">
      <div class="log" role="log" aria-live="off" aria-label=${words.CONVERSATION} tabindex="0">
        <div class="column">
          ${isElsewhere.value && html`<p class="elsewhere">${words.NOT_HERE}</p>`}
          <${Welcome} canAsk=${session.canAsk.value} onAsk=${(/** @type {string} */ prompt) => session.send(prompt)} />
        </div>
      </div>
    </div>
  `;
}
