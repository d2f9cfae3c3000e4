/** The conversation so far, which follows new text as long as the visitor is at its end. */

import { useLayoutEffect, useRef } from "preact/hooks";
import { isOver } from "../core/answer.js";
import { firstVersionId } from "../core/versions.js";
import { addStyles } from "../edge/style_sheets.js";
import styles from "../styles/conversation.css";
import { words } from "../words/words.js";
import { Exchange } from "./exchange.js";
import { useFollowing } from "./following.js";
import { html } from "./html.js";
import { DownIcon } from "./icons.js";

/** @typedef {import("../app/chat_session.js").ChatSession} ChatSession */
/** @typedef {import("../core/conversation.js").Exchange} ExchangeValue */
/** @typedef {{ isLast: boolean, row: import("preact").VNode }} Drawn */

addStyles(styles);

/** @param {{ session: ChatSession }} props */
export function Conversation({ session }) {
  const conversation = session.conversation.value;
  const rowOf = useRows(session);
  const { scroller, content, isFollowing, follow } = useFollowing();
  // a question of one's own is always followed, wherever one was reading
  const last = conversation.at(-1);
  const lastId = last?.id;
  const askedId = useRef(lastId);
  if (last && !isOver(last.answer)) askedId.current = lastId;
  useLayoutEffect(follow, [session.library.currentId.value, askedId.current]);

  return html`
    <div class="scroller">
      <div class="log" role="log" aria-live="off" aria-label=${words.CONVERSATION} tabindex="0" ref=${scroller}>
        <div class="column" ref=${content}>${conversation.map((exchange) => rowOf(exchange, exchange.id === lastId))}</div>
      </div>
      ${!isFollowing && html`<button type="button" class="jump" aria-label=${words.LATEST} onClick=${follow}><${DownIcon} /></button>`}
    </div>
  `;
}

/**
 * Rows that are the very same as before where nothing has changed: those are not even looked at.
 * @param {ChatSession} session
 */
function useRows(session) {
  const rows = useRef(/** @type {WeakMap<ExchangeValue, Drawn>} */ (new WeakMap()));
  return (/** @type {ExchangeValue} */ exchange, /** @type {boolean} */ isLast) => {
    const drawn = rows.current.get(exchange);
    if (drawn?.isLast === isLast) return drawn.row;
    const row = /** @type {import("preact").VNode} */ (
      html`<${Exchange} key=${firstVersionId(exchange)} exchange=${exchange} session=${session} isLast=${isLast} />`
    );
    rows.current.set(exchange, { isLast, row });
    return row;
  };
}
