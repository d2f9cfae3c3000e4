/** Conversations to files, and back. */

import { useRef, useState } from "preact/hooks";
import { addWithTexts, textsIn } from "../app/attached_texts.js";
import { FILE_SIZE_LIMIT_BYTES, asJson, asMarkdown, fromFile } from "../core/archive.js";
import { titleOf } from "../core/library.js";
import { fileName, saveFile } from "../edge/files.js";
import { fileWords } from "../words/files.js";
import { filled } from "../words/filled.js";
import { words } from "../words/words.js";
import { html } from "./html.js";
import { ShareActions } from "./share_actions.js";

/** @typedef {import("../core/stored_conversation.js").StoredConversation} StoredConversation */

const NAME_OF_ALL = "nexus-conversations";

/** @param {{ session: import("../app/chat_session.js").ChatSession }} props */
export function FileActions({ session }) {
  const { library } = session;
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const [result, setResult] = useState("");
  const isBegun = library.current.value !== undefined;
  const isEmpty = library.count.value === 0;

  /** @param {readonly StoredConversation[]} all @param {string} name */
  const saveMarkdown = async (all, name) => saveFile(`${name}.md`, "text/markdown", asMarkdown(all, fileWords(), await textsIn(library, all)));
  /** @param {readonly StoredConversation[]} all @param {string} name */
  const saveJson = async (all, name) => saveFile(`${name}.json`, "application/json", asJson(all, library.now(), await textsIn(library, all)));
  /** @param {(all: StoredConversation[], name: string) => void} save  gets the open one as it is now, in the middle of an answer too */
  const exportThis = (save) => {
    const current = library.store.get(library.currentId.value);
    if (current) save([current], fileName(titleOf(current)));
  };
  const onFile = async () => {
    const file = input.current?.files?.[0];
    if (!file || !input.current) return;
    // an empty text is no file of ours; one that is too large is not even read
    const text = file.size > FILE_SIZE_LIMIT_BYTES ? " ".repeat(FILE_SIZE_LIMIT_BYTES + 1) : await file.text().catch(() => "");
    input.current.value = ""; // the same file again is a change again
    const reading = fromFile(text, library.newId);
    const sentence = resultWords("problem" in reading ? reading : await addWithTexts(library, reading));
    setResult(sentence);
    session.announce(sentence);
  };

  return html`<${ShareActions} session=${session} />
  <details class="files">
    <summary>${words.EXPORT_AND_IMPORT}</summary>
    <button type="button" class="quiet" disabled=${!isBegun} onClick=${() => exportThis(saveMarkdown)}>${words.EXPORT_ONE_MARKDOWN}</button>
    <button type="button" class="quiet" disabled=${!isBegun} onClick=${() => exportThis(saveJson)}>${words.EXPORT_ONE_JSON}</button>
    <button type="button" class="quiet" disabled=${isEmpty} onClick=${() => saveMarkdown([...library.store.all()], NAME_OF_ALL)}>${words.EXPORT_ALL_MARKDOWN}</button>
    <button type="button" class="quiet" disabled=${isEmpty} onClick=${() => saveJson([...library.store.all()], NAME_OF_ALL)}>${words.EXPORT_ALL_JSON}</button>
    <button type="button" class="quiet" onClick=${() => input.current?.click()}>${words.IMPORT}</button>
    <input ref=${input} type="file" accept=".json,.md,application/json,text/markdown" aria-label=${words.IMPORTED_FILE} hidden onChange=${onFile} />
    ${result && html`<p>${result}</p>`}
  </details>`;
}

/** @param {Awaited<ReturnType<typeof addWithTexts>> | { problem: import("../core/archive.js").Problem }} result */
function resultWords(result) {
  if ("problem" in result) {
    const { code, position = 0 } = result.problem;
    return filled(words.IMPORT_PROBLEMS[code], { position });
  }
  const { added, known } = result;
  const sentences = [filled(words.IMPORTED, { added }), known > 0 && filled(words.ALREADY_HERE, { known })];
  return sentences.filter(Boolean).join(" ");
}
