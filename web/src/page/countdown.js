/** The time left, as it passes. */

import { useEffect, useState } from "preact/hooks";
import { countdownText } from "../words/time.js";
import { words } from "../words/words.js";
import { html } from "./html.js";

/** More often than each second, so that no second is skipped. */
const TICK_MS = 250;

/** @param {{ until: number }} props */
export function Countdown({ until }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return html`<span role="timer" class="countdown">${until > now ? countdownText(until - now) : words.A_MOMENT}</span>`;
}
