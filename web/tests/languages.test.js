import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";
import { Linter } from "eslint";
import { LANGUAGES, directionOf, languageFor } from "../src/core/languages.js";
import { languageOf } from "../src/core/language_of.js";
import { visitorWords } from "../lint/visitor_words.mjs";
import { listDate } from "../src/words/dates.js";
import { EMBED_WORDS } from "../src/words/embed.js";
import { LANGUAGE_NAMES } from "../src/words/names.js";
import { inPlural } from "../src/words/plural.js";
import { countdownText, dayAndTime } from "../src/words/time.js";
import { placeText, turnText } from "../src/words/waiting_room.js";
import { loadWords, words } from "../src/words/words.js";

const SRC = new URL("../src/", import.meta.url);
/** Names, and words that languages share. */
const SAME_AS_ENGLISH = new Set(["Code", "Code, {language}", "Conversation", "Conversations", "Incidents", "Message", "OK", "System", "Version {position} of {count}.", "Chat"]);
/** What only English has. */
const ENGLISH = /\b(?:the|and|your|is|are|with|this|again|will|not|of|to|you|it)\b/i;
const PLURAL_FORMS = new Set(["zero", "one", "two", "few", "many", "other"]);
const NOT_LATIN = { ja: /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u, ar: /\p{Script=Arabic}/u };
const END_OF_SENTENCE = /[.!?…。）؟]$/;

/** @type {Map<import("../src/core/languages.js").Language, any>} */
const catalogues = new Map();
for (const language of LANGUAGES) {
  const [{ catalogue }, { statusWords }] = await Promise.all([import(`../src/words/${language}.js`), import(`../src/words/status_${language}.js`)]);
  catalogues.set(language, { ...catalogue, STATUS_PAGE: statusWords });
}
const english = catalogues.get("en");

/** @param {any} value @returns {value is import("../src/words/en.js").Plural} */
const isPlural = (value) => typeof value === "object" && Object.keys(value).every((form) => PLURAL_FORMS.has(form));

/** @param {any} value @param {string} [path] @returns {[string, any][]} each text, or its plural forms, by where it stands */
const textsIn = (value, path = "") =>
  typeof value === "string" || isPlural(value) ? [[path, value]] : Object.entries(value).flatMap(([key, inner]) => textsIn(inner, path ? `${path}.${key}` : key));

/** @param {any} text @returns {string[]} */
const formsOf = (text) => (typeof text === "string" ? [text] : Object.values(text));

/** @param {any} text @returns {string} */
const wholeOf = (text) => text.other ?? text;

/** @param {string} text */
const slotsIn = (text) => [...(text.match(/\{\w+\}/g) ?? [])].sort();

/** @returns {Promise<{ name: string, text: string }[]>} */
async function sources(/** @type {RegExp} */ names) {
  const files = (await readdir(SRC, { recursive: true })).filter((name) => names.test(name) && !name.startsWith("words/")).sort();
  return Promise.all(files.map(async (name) => ({ name, text: await readFile(new URL(name, SRC), "utf8") })));
}

test("every language says everything that English says, and nothing else", () => {
  const expected = textsIn(english).map(([path]) => path);

  for (const [language, catalogue] of catalogues) {
    assert.deepEqual(textsIn(catalogue).map(([path]) => path), expected, language);
    assert.equal(Intl.DateTimeFormat.supportedLocalesOf(catalogue.LOCALE).length, 1);
    assert.equal(languageFor([catalogue.LOCALE]), language);
    for (const [path, text] of textsIn(catalogue)) assert.ok(path === "FILE_WORDS.endings.done" || formsOf(text).every((form) => form.trim() === form && form), `${language} ${path}`);
  }
  assert.deepEqual(Object.keys(LANGUAGE_NAMES), [...LANGUAGES]);
});

test("every text has the slots of the English one, whichever their order", () => {
  for (const [language, catalogue] of catalogues) {
    const texts = new Map(textsIn(catalogue));
    for (const [path, text] of textsIn(english)) {
      const own = texts.get(path);
      const slots = slotsIn(wholeOf(text));
      assert.deepEqual(slotsIn(wholeOf(own)), slots, `${language} ${path}`);
      // a form for one or two may say the number in a word
      for (const form of formsOf(own)) assert.deepEqual(slotsIn(form).filter((slot) => !slots.includes(slot)), [], `${language} ${path}: ${form}`);
    }
  }
});

test("every plural has the forms that its language needs", () => {
  for (const [language, catalogue] of catalogues) {
    const rules = new Intl.PluralRules(catalogue.LOCALE);
    const needed = new Set(Array.from({ length: 1_000 }, (_, count) => rules.select(count)));
    for (const [path, text] of textsIn(catalogue)) {
      if (isPlural(text)) assert.deepEqual([...needed].filter((form) => !text[form]), [], `${language} ${path}`);
    }
  }
});

test("nothing is left in English", () => {
  for (const [language, catalogue] of [...catalogues, ...Object.entries(EMBED_WORDS).map(([language, own]) => /** @type {const} */ ([language, own]))]) {
    if (language === "en") continue;
    const inEnglish = new Map(textsIn(catalogue === catalogues.get(/** @type {any} */ (language)) ? english : EMBED_WORDS.en));
    const own = /** @type {Record<string, RegExp>} */ (NOT_LATIN)[language];
    for (const [path, text] of textsIn(catalogue)) {
      for (const form of formsOf(text)) {
        const bare = form.replace(/\{\w+\}/g, "").trim();
        if (path === "LOCALE" || !/\p{L}/u.test(bare) || SAME_AS_ENGLISH.has(form)) continue;
        assert.notEqual(form, inEnglish.get(path), `${language} ${path}`);
        assert.ok(own ? own.test(bare) : !ENGLISH.test(bare), `${language} ${path}: ${form}`);
      }
    }
  }
});

test("no label is so long that what it stands on could not hold it", () => {
  for (const [language, catalogue] of catalogues) {
    const texts = new Map(textsIn(catalogue));
    for (const [path, text] of textsIn(english)) {
      if (typeof text !== "string" || text.length > 24) continue;
      assert.ok(texts.get(path).length <= 2 * text.length + 16, `${language} ${path}: ${texts.get(path)}`);
    }
  }
});

test("no source has words of its own", async () => {
  const config = /** @type {any} */ ({ plugins: { nexus: { rules: { words: visitorWords } } }, rules: { "nexus/words": "error" }, linterOptions: { reportUnusedDisableDirectives: "off" } });
  for (const { name, text } of await sources(/\.js$/)) {
    const found = new Linter().verify(text, config).filter(({ ruleId }) => ruleId === "nexus/words");
    assert.deepEqual(found.map(({ line }) => `${name}:${line}`), []);
  }
});

test("no sentence is glued together: what stands before something else is a sentence of its own", async () => {
  for (const { name, text } of await sources(/\.js$/)) {
    assert.doesNotMatch(text, /words\.[A-Z][\w.[\]]*\s*\+|\+\s*words\.[A-Z]|\$\{words\.[A-Z]\w*\}[:,;]/, name);
    const markup = text.replace(/<\/?(?:strong|span|small)[^<>]*>/g, "");
    for (const [, before] of markup.matchAll(/\$\{([^{}]*\bwords\.[A-Z][^{}]*)\}\s*(?=\$\{)/g)) {
      for (const [, key] of before.matchAll(/words\.([A-Z_]+)/g)) {
        for (const [language, catalogue] of catalogues) {
          for (const [, said] of textsIn(catalogue[key])) assert.match(said, END_OF_SENTENCE, `${name}: ${language} ${key}`);
        }
      }
    }
  }
});

test("styles name no side of the screen, so that a page from right to left is the mirror image", async () => {
  // formulas read from left to right everywhere, and the sides of a screen have the same rounded corners
  const allowed = /^\s*(?:text-align: (?:left|right);|padding-(?:left|right): max\(var\(--gutter\), env\(safe-area-inset-(?:left|right)\)\);)$/;
  for (const { name, text } of await sources(/\.css$/)) {
    const lines = text.split("\n").filter((line) => !(allowed.test(line) && /^styles\/(?:math|layout)\.css$/.test(name)));
    assert.deepEqual(lines.filter((line) => /(?:margin|padding|border)-(?:left|right)|text-align: (?:left|right)|^\s*(?:left|right|float):/.test(line)), [], name);
    for (const [, sides] of text.matchAll(/\b(?:margin|padding|border-width|inset): ([^;()]+);/g)) {
      const [, right, , left] = sides.split(" ");
      assert.equal(left ?? right, right, `${name}: ${sides}`);
    }
  }
});

test("the first language that the page has is the visitor's, whatever the region", () => {
  assert.equal(languageFor(["nl-BE", "pt-PT", "en"]), "pt");
  assert.equal(languageFor(["DE-at"]), "de");
  assert.equal(languageFor(["", null, "enm", "nl", undefined]), undefined);
  assert.deepEqual(LANGUAGES.filter((language) => directionOf(language) === "rtl"), ["ar"]);
});

test("times, numbers and plurals are those of the language", async () => {
  const now = new Date(2026, 10, 22, 22, 40).getTime();
  const said = /** @type {Record<string, string[]>} */ ({});
  for (const language of LANGUAGES) {
    await loadWords(language);
    const day = dayAndTime(new Date(2026, 10, 23, 8).getTime(), now).replace(/(?:午前)?0?8:00.*$/, "");
    const each = [countdownText(11_109_000), day, listDate(new Date(2025, 10, 27).getTime(), now), placeText(12_345), turnText(120_000), inPlural(words.ATTACHED_LENGTH, 1)];
    said[language] = each.map((text) => text.replace(/[\u00a0\u202f]/g, " ")); // which space it is differs between versions
  }
  await loadWords("en");

  assert.deepEqual(said, {
    en: ["about 3 hours", "tomorrow at ", "Nov 27, 2025", "You are number 12,345 in line.", "Expected in about 2 minutes.", "1 character"],
    de: ["etwa 3 Stunden", "morgen um ", "27. Nov. 2025", "Sie sind Nummer 12.345 in der Warteschlange.", "Voraussichtlich in etwa 2 Minuten.", "1 Zeichen"],
    es: ["aproximadamente 3 horas", "mañana, ", "27 nov 2025", "Tienes el número 12.345 en la cola.", "Tu turno llegará en 2 minutos, aproximadamente.", "1 carácter"],
    fr: ["environ 3 heures", "demain à ", "27 nov. 2025", "Vous avez le numéro 12 345 dans la file d’attente.", "Votre tour est prévu dans environ 2 minutes.", "1 caractère"],
    pt: ["cerca de 3 horas", "amanhã às ", "27 de nov. de 2025", "Você é o número 12.345 na fila.", "Sua vez deve chegar em cerca de 2 minutos.", "1 caractere"],
    ja: ["約3 時間", "明日の", "2025年11月27日", "順番待ちの12,345番目です。", "あと約2分の見込みです。", "1文字"],
    ar: ["3 ساعات تقريبًا", "غدًا الساعة ", "27 نوفمبر 2025", "رقمك في قائمة الانتظار هو 12,345.", "متوقع بعد نحو دقيقتين.", "حرف واحد"],
  });
});

test("the language of an answer is known from its script or its small words, and else is not guessed", () => {
  const texts = /** @type {[string, string | undefined][]} */ ([
    ["A rainbow is an arc of colours that you see when the sun shines on drops of rain.", "en"],
    ["Ein Regenbogen ist ein Bogen aus Farben, den man sieht, wenn die Sonne auf Regentropfen scheint.", "de"],
    ["Un arcoíris es un arco de colores que se ve cuando el sol ilumina las gotas de lluvia.", "es"],
    ["Un arc-en-ciel est un arc de couleurs que l'on voit quand le soleil éclaire les gouttes de pluie.", "fr"],
    ["Um arco-íris é um arco de cores que se vê quando o sol ilumina as gotas da chuva.", "pt"],
    ["虹は、太陽の光が雨粒に当たったときに見える色の弧です。", "ja"],
    ["قوس قزح هو قوس من الألوان يظهر عندما تسطع الشمس على قطرات المطر.", "ar"],
    ["彩虹是阳光照射雨滴时出现的彩色弧线。", "zh"],
    ["42", undefined],
    ["Paris", undefined],
    ["```python\nfor the_word in the_words: print(the_word)\n```", undefined],
    ["", undefined],
  ]);

  assert.deepEqual(texts.map(([text]) => languageOf(text)), texts.map(([, language]) => language));
});
