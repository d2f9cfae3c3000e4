/** The visitor's place in line and the time left, which pass by themselves, and the way out. */

import { useEffect, useState } from "preact/hooks";
import { calledBy, expectedAt, positionIn } from "../core/place_in_line.js";
import { filled, pieces } from "../words/filled.js";
import { countdownText } from "../words/time.js";
import { placeText, turnText } from "../words/waiting_room.js";
import { words } from "../words/words.js";
import { Countdown } from "./countdown.js";
import { html } from "./html.js";

/** @typedef {import("../app/chat_session.js").ChatSession} ChatSession */

const TICK_MS = 1_000;

/** The highest number that was seen to be called: a place that was shown gets no worse when the pace is set anew. */
let seen = { number: NaN, called: -Infinity };
/** The number that was read out: how it moves up is not. */
let spokenNumber = /** @type {number | null} */ (null);

/**
 * @param {object} props
 * @param {NonNullable<ChatSession["inLine"]["value"]>} props.inLine
 * @param {ChatSession} props.session
 * @param {import("preact").RefObject<HTMLElement>} props.box  takes the focus of the button, which goes
 * @param {import("preact").ComponentChildren} [props.children]  what is said first
 */
export function PlaceInLine({ inLine: { conversationId, id, place }, session, box, children }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);

  const { serving } = session.availability.value;
  const { number } = place;
  if (seen.number !== number) seen = { number, called: number - place.position };
  if (serving) seen.called = Math.max(seen.called, calledBy(serving, now));
  const where = placeText(positionIn(place, seen.called));
  const turnAt = expectedAt(place, serving);
  const left = turnAt === null ? null : turnAt - now;
  const when = turnText(left);
  useEffect(() => {
    if (number !== spokenNumber) session.announce(`${where} ${filled(when, { countdown: countdownText(left ?? 0) })}`);
    spokenNumber = number;
  }, [number]);

  /** The message is a draft again. */
  const leave = () => {
    box.current?.focus({ preventScroll: true });
    session.library.open(conversationId);
    session.cancel(id);
    session.announce(words.LINE_LEFT);
  };
  return html`
    <p>${children} <strong>${where}</strong> ${pieces(when, { countdown: html`<${Countdown} until=${turnAt} />` })}</p>
    <button type="button" class="quiet" onClick=${leave}>${words.LEAVE_LINE}</button>
  `;
}
