/**
 * An answer's text. Its elements are made outside the component tree, block by block, at most once a frame.
 *
 * What draws Markdown is half of all code, and an empty page has no use for it: it is fetched when the first question
 * is asked, and has come long before the first word of the answer.
 */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { languageOf } from "../core/language_of.js";
import { html } from "./html.js";

/** @typedef {import("../markdown/markdown_view.js").MarkdownView} MarkdownView */

let loading = /** @type {Promise<typeof import("../markdown/markdown_view.js")> | null} */ (null);

/** One promise for all: Chromium lets several imports of one module go on in any order, and answers are drawn in theirs. */
function loadMarkdown() {
  loading ??= import("../markdown/markdown_view.js").catch((error) => {
    loading = null; // the next answer tries again
    throw error;
  });
  return loading;
}

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
  const [state, setState] = useState(/** @type {"loading" | "drawn" | "plain"} */ ("loading"));

  useEffect(() => {
    let isGone = false;
    loadMarkdown().then(
      ({ MarkdownView }) => {
        if (isGone || !box.current) return;
        view.current = new MarkdownView(box.current);
        view.current.show(latest.current.text, latest.current.isOver);
        setState("drawn");
      },
      () => setState("plain"),
    );
    return () => {
      isGone = true;
      view.current?.close();
    };
  }, []);
  useEffect(() => view.current?.show(text, isOver), [text, isOver]);

  const language = useMemo(() => (isOver ? languageOf(text) : undefined), [text, isOver]);

  // without what draws it, Markdown can still be read
  if (state === "plain") return html`<div class="prose plain" lang=${language} dir="auto">${text}</div>`;
  return html`
    <div class="prose" lang=${language} ref=${box}></div>
    ${state === "loading" && html`<div class="plain on-paper" dir="auto">${text}</div>`}
  `;
}
