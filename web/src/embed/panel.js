/** The button, the panel that it opens, and the chat in it. Nothing of the page around is read or changed. */

import { CLOSE, HELLO, WELCOME } from "../core/embedding.js";
import { directionOf } from "../core/languages.js";
import { EMBED_WORDS } from "../words/embed.js";
import { styleSheet } from "./styles.js";

const SVG = "http://www.w3.org/2000/svg";
const BUBBLE = "M4 5h16v11H9.5L5 20v-4H4z";
const CROSS = "M6 6l12 12M18 6L6 18";

/** Whoever waits longer is told that the chat did not start: a browser does not say that it has refused a frame. */
const PATIENCE_MS = 10_000;

/**
 * @param {object} options
 * @param {URL} options.url  of the chat
 * @param {string} options.title
 * @param {import("../core/languages.js").Language} options.language
 * @param {string} options.accent  `#rgb` or `#rrggbb`
 * @param {import("../core/theme.js").Theme} options.theme
 */
export function addPanel({ url, title, language, accent, theme }) {
  const words = EMBED_WORDS[language];
  const host = Object.assign(document.createElement("nexus-chat"), { lang: language, dir: directionOf(language) });
  const shadow = host.attachShadow({ mode: "open" });
  shadow.adoptedStyleSheets = [styleSheet(accent, theme)];

  const opener = button("open", words.OPEN, BUBBLE);
  opener.ariaExpanded = "false";
  const closer = button("close", words.CLOSE, CROSS);
  const link = element("a", { href: url.href, target: "_blank", rel: "noopener", textContent: words.OPEN_ALONE });
  const note = element("p", { hidden: true });
  note.append(words.NOT_STARTED, " ", link);
  const header = element("header", {});
  header.append(element("strong", { textContent: title, dir: "auto" }), closer);
  const panel = element("section", { role: "dialog", ariaLabel: title, hidden: true });
  panel.append(header, note);
  const frame = element("iframe", { title, allow: granted() });
  shadow.append(panel, opener);
  document.body.append(host);

  const setOpen = (/** @type {boolean} */ isOpen) => {
    panel.hidden = !isOpen;
    opener.hidden = isOpen;
    opener.ariaExpanded = String(isOpen);
  };
  const close = () => {
    setOpen(false);
    opener.focus();
  };
  opener.addEventListener("click", () => {
    setOpen(true);
    if (!frame.src) load();
    frame.focus();
  });
  closer.addEventListener("click", close);
  panel.addEventListener("keydown", ({ key }) => key === "Escape" && close());

  /** Not before somebody wants it. With its address from the start, a frame adds nothing to the page's history. */
  function load() {
    const framed = new URL(url);
    if (theme !== "system") framed.searchParams.set("theme", theme);
    frame.src = framed.href;
    const timer = setTimeout(() => (note.hidden = false), PATIENCE_MS);
    window.addEventListener("message", ({ source, origin, data }) => {
      if (source !== frame.contentWindow || origin !== url.origin) return;
      if (data === HELLO) {
        clearTimeout(timer);
        note.hidden = true;
        frame.contentWindow?.postMessage(WELCOME, url.origin);
      }
      if (data === CLOSE) close();
    });
    panel.append(frame);
  }
}

/** What the chat uses and browsers keep from frames: Chromium does; others complain of names that they do not know. */
function granted() {
  const { featurePolicy } = /** @type {{ featurePolicy?: { features(): string[] } }} */ (/** @type {unknown} */ (document));
  return ["clipboard-write", "web-share"].filter((name) => featurePolicy?.features().includes(name)).join("; ");
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Partial<HTMLElementTagNameMap[K]>} properties
 * @returns {HTMLElementTagNameMap[K]}
 */
function element(name, properties) {
  return Object.assign(document.createElement(name), properties);
}

/** @param {string} className @param {string} label @param {string} drawing */
function button(className, label, drawing) {
  const made = element("button", { type: "button", className, ariaLabel: label });
  const icon = document.createElementNS(SVG, "svg");
  icon.setAttribute("viewBox", "0 0 24 24");
  icon.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", drawing);
  icon.append(path);
  made.append(icon);
  return made;
}
