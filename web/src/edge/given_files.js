/** Files that a visitor pastes or chooses, and whether some are being held over the page. */

import { holdsFiles } from "./dropped_files.js";

/**
 * @param {(files: File[]) => void} onFiles
 * @returns {() => void} ends it
 */
export function onFilesPasted(onFiles) {
  /** @param {ClipboardEvent} event  what has words too, as a table does, is pasted as words */
  const onPaste = (event) => {
    const { types = [], files = [] } = event.clipboardData ?? {};
    if (types.includes("text/plain") || files.length === 0) return;
    event.preventDefault();
    onFiles([...files]);
  };
  window.addEventListener("paste", onPaste);
  return () => window.removeEventListener("paste", onPaste);
}

/**
 * @param {(isDragged: boolean) => void} onDrag
 * @returns {() => void} ends it
 */
export function onFilesDragged(onDrag) {
  const ending = new AbortController();
  const { signal } = ending;
  window.addEventListener("dragover", (event) => holdsFiles(event) && onDrag(true), { signal });
  window.addEventListener("dragleave", (event) => event.relatedTarget === null && onDrag(false), { signal });
  window.addEventListener("drop", () => onDrag(false), { signal });
  return () => ending.abort();
}

/** Lets the visitor choose some. @param {(files: File[]) => void} onFiles */
export function chooseFiles(onFiles) {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  input.addEventListener("change", () => onFiles([...(input.files ?? [])]));
  input.click();
}
