/** The way to the other versions of a question or an answer: two arrows, and between them which version is open. */

import { openVersion } from "../app/open_version.js";
import { filled } from "../words/filled.js";
import { words } from "../words/words.js";
import { html } from "./html.js";
import { NextIcon, PreviousIcon } from "./icons.js";

/** @typedef {import("../core/versions.js").Place} Place */

/**
 * @param {object} props
 * @param {string} props.name  what they are versions of
 * @param {string} props.id  of the exchange
 * @param {Place} props.place
 * @param {import("../app/chat_session.js").ChatSession} props.session
 */
export function Versions({ name, id, place: { position, count, previous, next }, session }) {
  if (count < 2) return null;
  const canTurn = session.canTurn.value;
  /** @param {number | undefined} version @param {number} at  its position */
  const opening = (version, at) => () => {
    if (version === undefined || !session.canTurn.value) return;
    openVersion(session.library, id, version);
    session.announce(filled(words.VERSION_OPENED, { position: at, count }));
  };
  // at the end, and while an answer comes in, a button keeps the focus
  const arrow = (/** @type {string} */ label, /** @type {unknown} */ icon, /** @type {number | undefined} */ version, /** @type {number} */ at) => html`
    <button type="button" class="plain" aria-label=${label} aria-disabled=${version === undefined || !canTurn} onClick=${opening(version, at)}>${icon}</button>
  `;
  return html`<div class="versions" role="group" aria-label=${name}>
    ${arrow(words.PREVIOUS_VERSION, html`<${PreviousIcon} />`, previous, position - 1)}
    <span>${filled(words.VERSION_OF, { position, count })}</span>
    ${arrow(words.NEXT_VERSION, html`<${NextIcon} />`, next, position + 1)}
  </div>`;
}
