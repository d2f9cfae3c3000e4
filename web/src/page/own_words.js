/** The operator's name and small print. */

import { words } from "../words/words.js";
import { branding } from "./branding.js";
import { html } from "./html.js";

export function Name() {
  const { name, logo, languages } = branding.value;
  const hideLogo = () => (branding.value = { ...branding.value, logo: undefined });
  return html`
    ${logo && html`<img class="logo" src=${logo} alt="" onError=${hideLogo} />`}
    <h1><span lang=${languages.name} dir="auto">${name}</span></h1>
  `;
}

/** That an AI answers, and who is responsible. */
export function Notice() {
  const { notice, links, languages } = branding.value;
  return html`<p class="small-print">
    <span lang=${languages.notice} dir="auto">${notice ?? words.NOTICE}</span>
    ${Object.entries(links).map(
      ([name, address]) => html` <a href=${address} target="_blank" rel="noopener noreferrer">${words.LINKS[name]}</a>`,
    )}
  </p>`;
}
