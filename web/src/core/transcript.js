/** A conversation as text that is pasted somewhere: nothing in it is read back. */

import { asMarkdown } from "./archive.js";
import { isOver } from "./answer.js";
import { titleOf } from "./library.js";

/** @typedef {import("./markdown_file.js").FileWords} FileWords */
/** @typedef {import("./archive.js").Texts} Texts */
/** @typedef {import("./stored_conversation.js").StoredConversation} StoredConversation */

const MARKER = /^<!-- nexus:.* -->\n+/gm;

/** @param {StoredConversation} conversation @param {FileWords} words @param {Texts} [texts] */
export function transcriptInMarkdown(conversation, words, texts) {
  // what is open: whoever copies does not mean what else was tried
  const exchanges = conversation.exchanges.map(({ id, attempt, question, attachments, answer }) => ({ id, attempt, question, attachments, answer }));
  return asMarkdown([{ ...conversation, exchanges }], words, texts).replace(MARKER, "").trimEnd();
}

/**
 * @param {StoredConversation} conversation
 * @param {FileWords} words
 * @param {(markdown: string) => string} plain  takes the marks away
 * @param {Texts} [texts]
 */
export function transcriptInPlainText(conversation, words, plain, texts) {
  const turns = conversation.exchanges.flatMap(({ question, attachments = [], answer }) => {
    const ending = answer.text ? words.endings[isOver(answer) ? answer.state : "failed"] : words.noAnswer;
    const files = attachments.map(({ id, name }) => said(name, texts?.get(id) ?? ""));
    return [said(words.you, question), ...files, said(words.answerer, [answer.text, ending].filter(Boolean).map(plain).join("\n\n"))];
  });
  return [titleOf(conversation) || words.untitled, ...turns].join("\n\n");
}

/** @param {string} who @param {string} what */
function said(who, what) {
  return `${who}:\n${what}`;
}
