/** Files that are dropped on the page: without this, the browser would show them in its place. */

/** @param {(files: File[]) => void} onFiles */
export function onFilesDropped(onFiles) {
  window.addEventListener("dragover", (event) => holdsFiles(event) && event.preventDefault());
  window.addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    onFiles([.../** @type {DataTransfer} */ (event.dataTransfer).files]);
  });
}

/** @param {DragEvent} event */
export function holdsFiles({ dataTransfer }) {
  return dataTransfer?.types.includes("Files") ?? false;
}
