/** An answer's text. Its elements are made outside the component tree, block by block, at most once a frame. */

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { html } from "./html.js";
import { MarkdownView } from "./markdown_view.js";

/** @param {{ text: string, isOver: boolean }} props */
export function AnswerText({ text, isOver }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const view = useRef(/** @type {MarkdownView | null} */ (null));

  useLayoutEffect(() => {
    if (!box.current) return;
    view.current = new MarkdownView(box.current);
    return () => view.current?.close();
  }, []);
  useEffect(() => view.current?.show(text, isOver), [text, isOver]);

  return html`<div class="prose" ref=${box}></div>`;
}
