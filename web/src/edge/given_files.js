/** Files that a visitor drops on the page, pastes or chooses. */

/**
 * @param {(files: File[]) => void} onFiles
 * @param {(isDragged: boolean) => void} onDrag  whether files are being held over the page
 * @returns {() => void} ends it
 */
export function onFilesGiven(onFiles, onDrag) {
  const ending = new AbortController();
  const { signal } = ending;
  /** @param {DragEvent} event  the browser would show the file in place of the page */
  const onDragOver = (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    onDrag(true);
  };
  /** @param {DragEvent} event */
  const onDragLeave = (event) => event.relatedTarget === null && onDrag(false);
  /** @param {DragEvent} event */
  const onDrop = (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    onDrag(false);
    give([...event.dataTransfer.files]);
  };
  /** @param {ClipboardEvent} event  what has words too, as a table does, is pasted as words */
  const onPaste = (event) => {
    const { types = [], files = [] } = event.clipboardData ?? {};
    if (types.includes("text/plain") || files.length === 0) return;
    event.preventDefault();
    give([...files]);
  };
  /** @param {File[]} files */
  const give = (files) => void (files.length > 0 && onFiles(files));
  window.addEventListener("dragover", onDragOver, { signal });
  window.addEventListener("dragleave", onDragLeave, { signal });
  window.addEventListener("drop", onDrop, { signal });
  window.addEventListener("paste", onPaste, { signal });
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
