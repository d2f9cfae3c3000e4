/** The two thumbs under a finished answer, and after a thumb down, what was wrong. A choice stands once it is counted. */

import { useState } from "preact/hooks";
import { keepRating } from "../app/kept_rating.js";
import { REASONS } from "../core/rating.js";
import { sendRating } from "../edge/rating_client.js";
import { addStyles } from "../edge/style_sheets.js";
import styles from "../styles/rating.css";
import { words } from "../words/words.js";
import { feedbackUrl } from "./feedback_url.js";
import { html } from "./html.js";
import { ThumbDownIcon, ThumbUpIcon } from "./icons.js";

/** @typedef {import("../core/rating.js").Rating} RatingValue */

addStyles(styles);

/** @param {{ id: string, answer: import("../core/answer.js").Answer, session: import("../app/chat_session.js").ChatSession }} props */
export function Rating({ id, answer, session }) {
  const [sending, setSending] = useState(/** @type {RatingValue | null} */ (null));
  const [isAsking, setAsking] = useState(false);
  const [note, setNote] = useState("");
  const given = sending ?? answer.rating;

  /** @param {RatingValue} rating */
  const give = async (rating) => {
    const { library } = session;
    if (sending || !feedbackUrl.value || !answer.hint) return;
    const conversationId = library.currentId.value;
    setSending(rating);
    setNote("");
    const outcome = await sendRating(feedbackUrl.value, answer.hint, rating);
    if (outcome === "counted") keepRating(library.store, conversationId, id, rating);
    setSending(null);
    setAsking(outcome === "counted" && rating.thumb === "down");
    const said = { counted: words.RATED, too_old: words.TOO_OLD_TO_RATE, not_sent: words.NOT_RATED }[outcome];
    if (outcome !== "counted") setNote(said);
    session.announce(said);
  };

  const thumb = (/** @type {RatingValue["thumb"]} */ which, /** @type {unknown} */ icon) => html`
    <button
      type="button"
      class="plain"
      aria-label=${words.THUMBS[which]}
      title=${words.THUMBS[which]}
      aria-pressed=${given?.thumb === which}
      aria-disabled=${given !== undefined}
      onClick=${() => given || give({ thumb: which })}
    >
      ${icon}
    </button>
  `;
  // the one that was chosen stays, and keeps the focus
  const reasons = given?.reason ? [given.reason] : isAsking ? REASONS : [];
  return html`
    <div class="thumbs" role="group" aria-label=${words.RATE}>
      ${thumb("up", html`<${ThumbUpIcon} />`)} ${thumb("down", html`<${ThumbDownIcon} />`)}
    </div>
    ${reasons.length > 0 &&
    html`<div class="reasons" role="group" aria-labelledby=${`why-${id}`}>
      <p id=${`why-${id}`}>${words.WHAT_WAS_WRONG}</p>
      ${reasons.map(
        (reason) => html`
          <button
            key=${reason}
            type="button"
            class="quiet"
            aria-pressed=${given?.reason === reason}
            aria-disabled=${given?.reason !== undefined}
            onClick=${() => given?.reason || give({ thumb: "down", reason })}
          >
            ${words.REASONS[reason]}
          </button>
        `,
      )}
    </div>`}
    ${note && html`<p class="reasons">${note}</p>`}
  `;
}
