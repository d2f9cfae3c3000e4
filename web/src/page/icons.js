/** Drawings that repeat in form what the text beside them, or the name of their button, says. */

import { html } from "./html.js";

/** @param {{ path: string }} props */
function Icon({ path }) {
  return html`<svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false"><path d=${path} /></svg>`;
}

export const AlertIcon = () => html`<${Icon} path="M10 2.8 18 16.8H2Z M10 8v4 M10 14.4v.2" />`;
export const AttachIcon = () => html`<${Icon} path="M10 4v12 M4 10h12" />`;
export const DownIcon = () => html`<${Icon} path="M10 4v12 M5 11l5 5 5-5" />`;
export const InfoIcon = () => html`<${Icon} path="M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15Z M10 9.2v4.6 M10 6.3v.2" />`;
export const SendIcon = () => html`<${Icon} path="M10 16V4 M5 9l5-5 5 5" />`;
export const SettingsIcon = () => html`<${Icon} path="M3 6h7 M14 6h3 M12 4v4 M3 14h3 M10 14h7 M8 12v4" />`;
export const StopIcon = () => html`<${Icon} path="M6 6h8v8H6Z" />`;
export const PreviousIcon = () => html`<${Icon} path="M12 5l-5 5 5 5" />`;
export const NextIcon = () => html`<${Icon} path="M8 5l5 5-5 5" />`;
export const ListIcon = () => html`<${Icon} path="M3.5 5.5h13 M3.5 10h13 M3.5 14.5h8" />`;
export const PenIcon = () => html`<${Icon} path="M4 16l.8-3.4L13 4.4l2.6 2.6-8.2 8.2Z" />`;
export const BinIcon = () => html`<${Icon} path="M4 5.5h12 M8 5.5V3.5h4v2 M5.5 5.5l.7 11h7.6l.7-11" />`;
export const ThumbUpIcon = () => html`<${Icon} path="M3.5 9h3v7.5h-3Z M6.5 9.5 10 2.8c1.4 0 2.2 1 1.9 2.4L11.4 8h4.1c1 0 1.6.8 1.4 1.8l-1 5.2c-.2.9-.9 1.5-1.8 1.5H6.5" />`;
export const ThumbDownIcon = () => html`<${Icon} path="M16.5 11h-3V3.5h3Z M13.5 10.5 10 17.2c-1.4 0-2.2-1-1.9-2.4l.5-2.8H4.5c-1 0-1.6-.8-1.4-1.8l1-5.2c.2-.9.9-1.5 1.8-1.5h7.6" />`;
