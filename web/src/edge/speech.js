/** The browser's own voice. It speaks one text at a time. */

import { signal } from "@preact/signals";

/** Longer pieces are broken off by some browsers. */
const LONGEST_PIECE = 200;

const synthesis = /** @type {SpeechSynthesis | undefined} */ (globalThis.speechSynthesis);

/** Whether there is a voice: browsers may find theirs only after a while. */
export const hasVoice = signal(voicesOf() > 0);
/** What is being read aloud: the text, as it was given. */
export const spoken = signal(/** @type {string | null} */ (null));

// some have no such events
synthesis?.addEventListener?.("voiceschanged", () => (hasVoice.value = voicesOf() > 0));
globalThis.addEventListener?.("pagehide", () => stopReading());

/**
 * @param {string} text  as it is to be named in `spoken`
 * @param {string} words  what is to be heard
 * @param {string} language  a BCP 47 tag
 */
export function readAloud(text, words, language) {
  stopReading();
  const pieces = piecesOf(words);
  if (!synthesis || pieces.length === 0) return;
  spoken.value = text;
  for (const [index, piece] of pieces.entries()) {
    const utterance = new SpeechSynthesisUtterance(piece);
    utterance.lang = language;
    const isLast = index === pieces.length - 1;
    // an error of a text that has made room for another says nothing about the other
    const onEnd = () => void (spoken.value === text && isLast && (spoken.value = null));
    utterance.addEventListener("end", onEnd);
    utterance.addEventListener("error", ({ error }) => error !== "interrupted" && error !== "canceled" && stopReading());
    synthesis.speak(utterance);
  }
}

export function stopReading() {
  if (spoken.value === null) return;
  spoken.value = null;
  synthesis?.cancel();
}

/**
 * Sentences, several at once where they are short.
 * @param {string} words
 * @returns {string[]}
 */
export function piecesOf(words) {
  const pieces = /** @type {string[]} */ ([]);
  for (const sentence of words.match(/[^.!?。！？\n]+[.!?。！？\n]*\s*|[.!?。！？\n]+\s*/g) ?? []) {
    const last = pieces.at(-1);
    if (last !== undefined && last.length + sentence.length <= LONGEST_PIECE) pieces[pieces.length - 1] += sentence;
    else pieces.push(sentence);
  }
  return pieces.map((piece) => piece.trim()).filter((piece) => /[\p{L}\p{N}]/u.test(piece));
}

function voicesOf() {
  return synthesis?.getVoices().length ?? 0;
}
