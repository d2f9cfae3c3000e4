/** Sentences with slots: where a slot stands, and so the order of words, is up to the language. */

/**
 * @template T
 * @param {string} sentence  with slots such as `{time}`
 * @param {Record<string, T>} values  one for each slot
 * @returns {(string | T)[]} its pieces in order
 */
export function pieces(sentence, values) {
  return sentence.split(/\{(\w+)\}/).map((piece, index) => (index % 2 ? values[piece] : piece));
}

/**
 * @param {string} sentence
 * @param {Record<string, string | number>} values
 * @returns {string}
 */
export function filled(sentence, values) {
  return pieces(sentence, values).join("");
}
