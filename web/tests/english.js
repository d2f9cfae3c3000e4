/** Gives the page its words, as its start does. */

import { loadWords } from "../src/words/words.js";

await loadWords("en");

export { fileWords } from "../src/words/files.js";
