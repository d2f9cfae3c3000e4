/** What exported files and copies say to people. */

import { ANSWERER } from "./names.js";
import { words } from "./words.js";

/** @returns {import("../core/markdown_file.js").FileWords} */
export function fileWords() {
  return { you: words.YOU, answerer: ANSWERER, untitled: words.UNTITLED, ...words.FILE_WORDS };
}
