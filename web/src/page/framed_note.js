/** All that is shown inside a page of somebody else, which could lay its own things over ours to have them pressed. */

import { html } from "./html.js";

export function FramedNote() {
  return html`
    <main class="framed">
      <h1>Nexus</h1>
      <p>
        Another site shows this page inside its own, so nothing can be done here.${" "}
        <a href=${document.baseURI} target="_blank" rel="noopener noreferrer">Open Nexus by itself</a>
      </p>
    </main>
  `;
}
