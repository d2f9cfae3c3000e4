/** One conversation in the list. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { isBusy } from "../core/conversation.js";
import { TITLE_LENGTH_OWN, titleOf } from "../core/library.js";
import { addressOf } from "../edge/address.js";
import { addStyles } from "../edge/style_sheets.js";
import styles from "../styles/conversation_row.css";
import { listDate } from "../words/dates.js";
import { words } from "../words/words.js";
import { isComposing } from "./composing.js";
import { html } from "./html.js";
import { BinIcon, PenIcon } from "./icons.js";

/** @typedef {import("../core/stored_conversation.js").StoredConversation} StoredConversation */

addStyles(styles);

/** @param {{ session: import("../app/chat_session.js").ChatSession, kept: StoredConversation, onOpened: () => void }} props */
export function ConversationRow({ session, kept, onOpened }) {
  const { library } = session;
  // the page may have been left in the middle of it
  const [isRenaming, setRenaming] = useState(() => library.editOf(kept.id) !== "");
  const link = useRef(/** @type {HTMLAnchorElement | null} */ (null));
  const wasRenaming = useRef(false);
  useLayoutEffect(() => {
    if (wasRenaming.current && !isRenaming) link.current?.focus();
    wasRenaming.current = isRenaming;
  }, [isRenaming]);

  const titleId = `title-${kept.id}`;
  const isCurrent = library.currentId.value === kept.id;
  const isWaiting = kept.exchanges.some(({ answer }) => answer.state === "queued");
  const isAnswered = !isCurrent && isBusy(kept.exchanges);
  const fullTitle = kept.title ?? kept.exchanges[0]?.question.slice(0, TITLE_LENGTH_OWN);
  const onDelete = () => {
    library.remove(kept.id);
    session.announce(words.IS_DELETED);
  };
  /** @param {string | null} title */
  const onRenamed = (title) => {
    library.keepEdit(kept.id, "");
    if (title !== null) library.rename(kept.id, title);
    setRenaming(false);
  };
  if (isRenaming) {
    const onInput = (/** @type {string} */ words) => library.keepEdit(kept.id, words);
    return html`<li>
      <${TitleField} title=${titleOf(kept)} begun=${library.editOf(kept.id)} onInput=${onInput} onDone=${onRenamed} />
    </li>`;
  }

  return html`<li>
    <a ref=${link} id=${titleId} href=${addressOf(kept.id)} title=${fullTitle} aria-current=${isCurrent ? "page" : undefined} onClick=${onOpened}>
      <span><bdi>${titleOf(kept) || words.UNTITLED}</bdi></span>
      <small>
        <time datetime=${new Date(kept.updatedAt).toISOString()}>${listDate(kept.updatedAt, library.now())}</time>
        ${isAnswered && html` <strong>${words.IS_ANSWERED}</strong>`}${isWaiting && html` <strong>${words.HAS_WAITING}</strong>`}
      </small>
    </a>
    <button type="button" class="plain" aria-label=${words.RENAME} aria-describedby=${titleId} onClick=${() => setRenaming(true)}><${PenIcon} /></button>
    <button type="button" class="plain" aria-label=${words.DELETE} aria-describedby=${titleId} onClick=${onDelete}><${BinIcon} /></button>
  </li>`;
}

/**
 * @param {object} props
 * @param {string} props.title
 * @param {string} props.begun  what had been written of the new one
 * @param {(words: string) => void} props.onInput
 * @param {(title: string | null) => void} props.onDone
 */
function TitleField({ title, begun, onInput, onDone }) {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const isDone = useRef(false);
  useLayoutEffect(() => field.current?.select(), []);

  /** @param {boolean} isKept */
  const end = (isKept) => {
    if (isDone.current) return; // the field loses the focus once more as it goes
    isDone.current = true;
    const words = field.current?.value ?? "";
    onDone(isKept && words !== title ? words : null);
  };
  /** @param {KeyboardEvent} event */
  const onKeyDown = (event) => {
    if (isComposing(event) || (event.key !== "Enter" && event.key !== "Escape")) return;
    event.preventDefault(); // Escape would close the dialog around it
    end(event.key === "Enter");
  };
  return html`<input
    ref=${field}
    type="text"
    aria-label=${words.TITLE}
    dir="auto"
    autocomplete="off"
    maxlength=${TITLE_LENGTH_OWN}
    defaultValue=${begun || title}
    onInput=${() => onInput(field.current?.value ?? "")}
    onKeyDown=${onKeyDown}
    onBlur=${() => end(true)}
  />`;
}
