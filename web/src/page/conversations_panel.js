/** Where the list of conversations is: beside the chat where there is room, over it where there is none. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { words } from "../words/words.js";
import { ConversationList } from "./conversation_list.js";
import { html } from "./html.js";
import { ListIcon } from "./icons.js";

const PANEL_ID = "conversations";
const WIDE = "(width >= 60rem)";

/** @typedef {{ isWide: boolean, isOpen: boolean, toggle: () => void, close: () => void }} Panel */

/** @returns {Panel} */
export function usePanel() {
  const [isWide, setWide] = useState(() => matchMedia(WIDE).matches);
  const [isOpen, setOpen] = useState(isWide);
  useEffect(() => {
    const query = matchMedia(WIDE);
    const follow = () => {
      setWide(query.matches);
      setOpen(query.matches);
    };
    query.addEventListener("change", follow);
    return () => query.removeEventListener("change", follow);
  }, []);
  return { isWide, isOpen, toggle: () => setOpen(!isOpen), close: () => setOpen(false) };
}

/** @param {{ panel: Panel }} props */
export function ConversationsButton({ panel }) {
  return html`<button
    type="button"
    class="plain"
    aria-label=${words.CONVERSATIONS}
    aria-expanded=${panel.isOpen}
    aria-controls=${PANEL_ID}
    onClick=${panel.toggle}
  >
    <${ListIcon} />
  </button>`;
}

/** @param {{ session: import("../app/chat_session.js").ChatSession, panel: Panel }} props */
export function ConversationsPanel({ session, panel }) {
  if (panel.isWide) {
    return html`<nav id=${PANEL_ID} class="panel" aria-label=${words.CONVERSATIONS} hidden=${!panel.isOpen}>
      <${ConversationList} session=${session} onOpened=${() => {}} />
    </nav>`;
  }
  return html`<${Drawer} panel=${panel}><${ConversationList} session=${session} onOpened=${panel.close} /><//>`;
}

/** @param {{ panel: Panel, children?: import("preact").ComponentChildren }} props */
function Drawer({ panel, children }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  // what is in it goes when it closes, and with it how far it was scrolled
  const place = useRef(0);
  useLayoutEffect(() => {
    if (!dialog.current) return;
    if (panel.isOpen) dialog.current.showModal();
    else dialog.current.close();
    if (panel.isOpen) dialog.current.scrollTop = place.current;
  }, [panel.isOpen]);
  const onScroll = () => {
    if (dialog.current?.open) place.current = dialog.current.scrollTop;
  };
  /** @param {MouseEvent} event */
  const onClick = (event) => event.target === dialog.current && panel.close();

  return html`<dialog id=${PANEL_ID} ref=${dialog} class="panel drawer" aria-label=${words.CONVERSATIONS} onClose=${panel.close} onClick=${onClick} onScroll=${onScroll}>
    <div class="drawer-room">
      <div class="drawer-head"><h2>${words.CONVERSATIONS}</h2><button type="button" class="quiet" onClick=${panel.close}>${words.CLOSE}</button></div>
      ${panel.isOpen && children}
    </div>
  </dialog>`;
}
