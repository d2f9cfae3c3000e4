/** One attached file: its name, and what is in it for whoever wants to see. */

import { useState } from "preact/hooks";
import { inPlural } from "../words/plural.js";
import { words } from "../words/words.js";
import { html } from "./html.js";

/** @typedef {import("../core/attachments.js").Attachment} Attachment */

/**
 * @param {object} props
 * @param {Attachment} props.attachment
 * @param {(attachment: Attachment) => Promise<string | undefined>} props.read  undefined for contents that are lost
 * @param {import("preact").ComponentChildren} [props.children]  beside the name
 */
export function AttachedFile({ attachment, read, children }) {
  const [text, setText] = useState(/** @type {string | null} */ (null));
  /** @param {Event} event */
  const onToggle = async (event) => {
    const isOpen = /** @type {HTMLDetailsElement} */ (event.currentTarget).open;
    if (isOpen && text === null) setText((await read(attachment)) ?? words.CONTENTS_LOST);
  };
  return html`<li class="attached-file">
    <details onToggle=${onToggle}>
      <summary><span dir="auto">${attachment.name}</span> <small>${lengthOf(attachment)}</small></summary>
      <pre dir="auto" tabindex="0" aria-label=${attachment.name}>${text ?? words.CONTENTS_LOADING}</pre>
    </details>
    ${children}
  </li>`;
}

/** @param {Attachment} attachment */
function lengthOf({ characters }) {
  return inPlural(words.ATTACHED_LENGTH, characters);
}
