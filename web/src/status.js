/**
 * Shows the status page in the visitor's language and time, and keeps an open one up to date.
 *
 * The service writes it as complete English HTML when something changes, and nothing changes while nobody chats.
 * Without this script it stays as it was written.
 */

import { loadConfig } from "./edge/config.js";
import { preferredLanguage, showLanguage } from "./edge/language_setting.js";
import { translate } from "./status/marked_texts.js";
import { loadStatusWords } from "./status/words.js";

const REFRESH_MS = 60_000;

const main = /** @type {HTMLElement} */ (document.querySelector("main"));
let written = main.cloneNode(true);

/** @type {(root: ParentNode) => void} */
let speak = () => {};

retire();
setInterval(refresh, REFRESH_MS);
start();

/** The page stays in English where the words of another language cannot be fetched. */
async function start() {
  const language = preferredLanguage() ?? preferredLanguage((await loadConfig(document.baseURI)).own.language) ?? "en";
  const words = await loadStatusWords(language).catch(() => null);
  if (!words) return;
  speak = (root) => translate(root, words, language);
  showLanguage(language);
  speak(document);
  showTitle();
}

async function refresh() {
  if (document.hidden) return;
  const now = (await readAgain())?.querySelector("main");
  if (now && !now.isEqualNode(written)) {
    written = now.cloneNode(true);
    main.replaceChildren(...now.childNodes);
    speak(main);
  }
  retire();
}

/** Withdraws headlines whose time is up: the next one holds. */
function retire() {
  const headlines = /** @type {HTMLElement[]} */ ([...main.querySelectorAll(".now")]);
  const holds = headlines.find(({ dataset: { until } }) => !until || Date.now() < Date.parse(until));
  for (const headline of headlines) headline.hidden = headline !== holds;
  showTitle();
}

function showTitle() {
  const texts = [main.querySelector(".now:not([hidden]) h1"), document.querySelector("header")];
  document.title = texts.flatMap((element) => element?.textContent ?? []).join(" – ");
}

/**
 * A request parses HTML itself: the policy allows nobody else to.
 * @returns {Promise<Document | null>} null where the page cannot be read now
 */
function readAgain() {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("GET", location.href);
    request.responseType = "document";
    request.onloadend = () => resolve(request.status === 200 ? request.response : null);
    request.send();
  });
}
