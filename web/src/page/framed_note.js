/** All that is shown inside a page of somebody else, which could lay its own things over ours to have them pressed. */

import { addStyles } from "../edge/style_sheets.js";
import styles from "../styles/framed.css";
import { words } from "../words/words.js";
import { html } from "./html.js";

addStyles(styles);

export function FramedNote() {
  return html`
    <main class="framed">
      <h1>${document.title}</h1>
      <p>
        ${words.FRAMED}${" "}
        <a href=${document.baseURI} target="_blank" rel="noopener noreferrer">${words.OPEN_ALONE}</a>
      </p>
    </main>
  `;
}
