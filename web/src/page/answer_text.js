/**
 * An answer's text. Its elements are made outside the component tree, block by block, at most once a frame.
 *
 * What draws Markdown is half of all code, and an empty page has no use for it: it is fetched when the first question
 * is asked, and has come long before the first word of the answer.
 */

import { useEffect, useRef } from "preact/hooks";
import { html } from "./html.js";

/** @typedef {import("../markdown/markdown_view.js").MarkdownView} MarkdownView */

const loadMarkdown = () => import("../markdown/markdown_view.js");

/** Fetches what answers are drawn with. */
export function prepareAnswers() {
  loadMarkdown().catch(() => {}); // the text that comes will try again, and say what happened
}

/** @param {{ text: string, isOver: boolean }} props */
export function AnswerText({ text, isOver }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const view = useRef(/** @type {MarkdownView | null} */ (null));
  const latest = useRef({ text, isOver });
  latest.current = { text, isOver };

  useEffect(() => {
    let isGone = false;
    loadMarkdown().then(
      ({ MarkdownView }) => {
        if (isGone || !box.current) return;
        box.current.textContent = "";
        view.current = new MarkdownView(box.current);
        view.current.show(latest.current.text, latest.current.isOver);
      },
      () => showPlain(box.current, latest.current.text),
    );
    return () => {
      isGone = true;
      view.current?.close();
    };
  }, []);
  useEffect(() => view.current?.show(text, isOver), [text, isOver]);

  return html`<div class="prose" ref=${box}></div>`;
}

/**
 * Without what draws it, Markdown can still be read.
 * @param {HTMLElement | null} box
 * @param {string} text
 */
function showPlain(box, text) {
  if (!box) return;
  box.classList.add("plain");
  box.textContent = text;
}
