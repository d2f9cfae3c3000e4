/**
 * Which language a text is in, for voices and hyphens: by its script, or by the small words that each language has most of.
 * A wrong language is worse than none, so a text that is short or mixed has none.
 */

/** Only scripts that one language is written in, or nearly so. @type {[string, RegExp][]} */
const SCRIPTS = [
  ["ja", /[\p{Script=Hiragana}\p{Script=Katakana}]/gu],
  ["ko", /\p{Script=Hangul}/gu],
  ["zh", /\p{Script=Han}/gu],
  ["ar", /\p{Script=Arabic}/gu],
  ["he", /\p{Script=Hebrew}/gu],
  ["el", /\p{Script=Greek}/gu],
  ["th", /\p{Script=Thai}/gu],
];

/** @type {[string, Set<string>][]} */
const SMALL_WORDS = Object.entries({
  en: "the of and to is that it for with are this you be on not as by have from or an",
  de: "der die und das ist nicht ein eine zu den mit von sich auf für im dem auch es werden oder sie",
  es: "el los las y es que una un por con para se del como más pero su lo al son",
  fr: "le les des et est une un dans pour que qui sur pas du vous ce plus avec par au sont",
  pt: "o os as e é que uma um por com para se do da não como mais em ao são dos",
  it: "il gli di e è che una un per con non si del della sono come più anche nel alla",
  nl: "de het een en van is dat niet op te zijn met voor die aan ook wordt naar bij om",
}).map(([language, words]) => [language, new Set(words.split(" "))]);

const MOST_CHARACTERS = 2_000;
const FEWEST_WORDS = 6;

/**
 * @param {string} text
 * @returns {string | undefined} a BCP 47 tag
 */
export function languageOf(text) {
  // code is in no language
  const beginning = text.replace(/```[\s\S]*?(?:```|$)|`[^`\n]*`/g, " ").slice(0, MOST_CHARACTERS);
  const letters = beginning.match(/\p{L}/gu)?.length ?? 0;
  const [script] = SCRIPTS.find(([, letter]) => (beginning.match(letter)?.length ?? 0) > letters / (letter === SCRIPTS[0][1] ? 8 : 2)) ?? [];
  return script ?? bySmallWords(beginning.toLowerCase().match(/\p{L}+/gu) ?? []);
}

/** @param {readonly string[]} words */
function bySmallWords(words) {
  const found = SMALL_WORDS.map(([language, small]) => ({ language, count: words.filter((word) => small.has(word)).length }));
  const [best, second] = found.sort((one, other) => other.count - one.count);
  const isClear = words.length >= FEWEST_WORDS && best.count >= words.length / 8 && best.count >= 1.5 * second.count;
  return isClear ? best.language : undefined;
}
