/**
 * A conversation as one HTML file that opens anywhere, offline, and only to be read.
 *
 * 1. Answers are sanitised and their links made safe as on the page: the same functions draw them.
 * 2. There is no script, and the file's own policy allows none. It loads nothing: what it needs is inside it.
 */

import font from "@fontsource/noto-sans-math/files/noto-sans-math-latin-400-normal.woff2";
import highlightStyle from "../styles/highlight.css";
import mathStyle from "../styles/math.css";
import proseStyle from "../styles/prose.css";
import ownStyle from "../styles/shared_page.css";
import tokens from "../styles/tokens.css";
import { isOver } from "../core/answer.js";
import { languageOf } from "../core/language_of.js";
import { directionOf } from "../core/languages.js";
import { fileWords } from "../words/files.js";
import { ANSWERER } from "../words/names.js";
import { originOf } from "../words/share.js";
import { words } from "../words/words.js";
import { Bounds } from "./bounds.js";
import { highlightingOf } from "./languages.js";
import { elementsOf } from "./markdown.js";
import { SourceWriter, blocksOf } from "./markdown_source.js";
import { plainText } from "./plain_text.js";

/** @typedef {import("../core/conversation.js").Exchange} Exchange */

/** Styles may stand in attributes, where formulas have them; as nothing can be loaded, none can tell anybody anything. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; base-uri 'none'; form-action 'none'";

/**
 * @param {object} conversation
 * @param {string} conversation.title
 * @param {readonly Exchange[]} conversation.exchanges
 * @param {ReadonlyMap<string, string>} conversation.texts  what is in attached files, by their ids
 * @param {{ name: string, now: number, language: import("../core/languages.js").Language }} origin  the service's name, and the language of its words
 * @returns {Promise<string>} the HTML
 */
export async function sharedPage({ title, exchanges, texts }, origin) {
  const page = document.implementation.createHTMLDocument(title);
  const { head, body, documentElement: root } = page;
  root.lang = origin.language;
  root.dir = directionOf(origin.language);
  const main = page.createElement("main");
  for (const exchange of exchanges) main.append(questionOf(exchange, texts), answerOf(exchange));
  await draw(main);
  body.append(element("header", {}, element("h1", { dir: "auto" }, title), element("p", {}, originOf(origin.name, origin.now))), main);
  head.prepend(
    element("meta", { "http-equiv": "Content-Security-Policy", content: POLICY }),
    element("meta", { charset: "utf-8" }),
    element("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    element("meta", { name: "color-scheme", content: "light dark" }),
    element("meta", { name: "referrer", content: "no-referrer" }),
  );
  head.append(element("style", {}, await styleFor(main)));
  // no script can say there which are too wide; last, because here one does, and sees none of them
  for (const box of /** @type {NodeListOf<HTMLElement>} */ (main.querySelectorAll("[role=group]"))) box.tabIndex = 0;
  // eslint-disable-next-line no-restricted-syntax -- elements become text here
  return `<!doctype html>\n${root.outerHTML}\n`;
}

/** @param {Exchange} exchange @param {ReadonlyMap<string, string>} texts */
function questionOf({ question, attachments = [] }, texts) {
  const files = attachments.map(({ id, name }) =>
    element("details", {}, element("summary", { dir: "auto" }, name), element("pre", { dir: "auto" }, texts.get(id) ?? "")),
  );
  return element("article", { class: "question" }, element("h2", {}, words.YOU), element("p", { dir: "auto" }, question), ...files);
}

/** @param {Exchange} exchange */
function answerOf({ answer }) {
  const { text, models } = answer;
  const head = element("h2", {}, ANSWERER);
  if (models.length > 0) head.append(" ", element("small", {}, models.join(", ")));
  const note = text ? fileWords().endings[isOver(answer) ? answer.state : "failed"] : fileWords().noAnswer;
  const prose = element("div", { class: "prose", ...tagOf(languageOf(text)) }, ...blocksOf(new Bounds().apply(text)).map(blockOf(new SourceWriter())));
  return element("article", { class: "answer" }, head, prose, ...(note ? [element("p", { class: "ending" }, plainText(note))] : []));
}

/** @param {string} [lang] @returns {Record<string, string>} */
function tagOf(lang) {
  return lang ? { lang } : {};
}

/** @param {SourceWriter} writer  counts the levels of headings */
function blockOf(writer) {
  return (/** @type {import("marked").Token} */ block) => {
    const { shell, parts } = writer.write(block, true, true);
    // the parts go where the shell has room for them
    return elementsOf(shell ? shell.replace(/(?=<\/tbody>|<\/[uo]l>$)/, () => parts.join("")) : parts[0]);
  };
}

/** What the page draws later. What people can do there, they cannot do here. @param {HTMLElement} main */
async function draw(main) {
  for (const button of main.querySelectorAll("button")) button.remove();
  for (const code of /** @type {NodeListOf<HTMLElement>} */ (main.querySelectorAll("pre > code"))) {
    const text = code.textContent ?? "";
    const language = highlightingOf(code.dataset.language ?? "", text);
    if (language) replace(code, (await loaded(import("./highlighter.js")))?.highlighted(text, language));
  }
  for (const formula of /** @type {NodeListOf<HTMLElement>} */ (main.querySelectorAll("code[data-math]:not([data-drawn])"))) {
    const isDisplay = formula.dataset.math === "display";
    replace(formula, (await loaded(import("./typesetter.js")))?.typeset(formula.textContent ?? "", isDisplay));
  }
}

/** @param {HTMLElement} box @param {DocumentFragment | null} [drawing] */
function replace(box, drawing) {
  if (!drawing) return;
  box.replaceChildren(drawing);
  box.dataset.drawn = "true";
}

/** Formulas bring the font that says how roots look. @param {HTMLElement} main */
async function styleFor(main) {
  const styles = [tokens, proseStyle, highlightStyle, ownStyle];
  if (!main.querySelector("math")) return styles.join("\n");
  const address = await loaded(dataUrl(new URL(font, import.meta.url)));
  const face = address ? `@font-face { font-family: "Nexus Math"; src: url("${address}"); }` : "";
  return [...styles, mathStyle, face].join("\n");
}

/**
 * @template T
 * @param {Promise<T>} loading
 * @returns {Promise<T | null>} null where it cannot be fetched: the text can be read as it is
 */
async function loaded(loading) {
  return loading.catch(() => null);
}

/** @param {URL} address @returns {Promise<string>} */
async function dataUrl(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(response.statusText);
  const reader = new FileReader();
  reader.readAsDataURL(await response.blob());
  await new Promise((resolve) => reader.addEventListener("loadend", resolve));
  return String(reader.result);
}

/**
 * @param {string} name
 * @param {Record<string, string>} attributes
 * @param {...(Node | string)} children
 */
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
}
