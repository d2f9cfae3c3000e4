/** How long a visitor has to wait: until the turn comes, or until a model is back. */

import { pieces } from "../words/filled.js";
import { dayAndTime } from "../words/time.js";
import { words } from "../words/words.js";
import { Countdown } from "./countdown.js";
import { html } from "./html.js";
import { PlaceInLine } from "./place_in_line.js";

/**
 * @param {object} props
 * @param {import("../app/chat_session.js").ChatSession} props.session
 * @param {import("preact").RefObject<HTMLElement>} props.box  takes the focus of buttons that go
 * @param {import("preact").ComponentChildren} [props.children]  what is said first
 */
export function Wait({ session, box, children }) {
  const { status } = session.availability.value;
  const inLine = session.inLine.value;
  if (inLine && status !== "unavailable") return html`<${PlaceInLine} inLine=${inLine} session=${session} box=${box}>${children}<//>`;
  return html`<p>${children} <${Return} availability=${session.availability.value} /></p>`;
}

/**
 * When a model is back, as far as anybody has said; else when one is tried again.
 * @param {{ availability: import("../core/availability.js").Availability }} props
 */
function Return({ availability: { status, retryAt, expectedAt } }) {
  const backAt = expectedAt ?? (status === "exhausted" ? retryAt : null);
  if (backAt !== null) {
    const slots = { when: dayAndTime(backAt, Date.now()), countdown: html`<${Countdown} until=${backAt} />` };
    return html`${pieces(words.EXPECTED_BACK, slots)} ${expectedAt !== undefined && words.TRIED_BEFORE}`;
  }
  return retryAt === null ? words.CHECKING : pieces(words.TRYING_IN, { countdown: html`<${Countdown} until=${retryAt} />` });
}
