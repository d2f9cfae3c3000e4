import assert from "node:assert/strict";
import { test } from "node:test";
import { storeLanguage } from "../src/edge/language_setting.js";
import { language, speak, speakPreferred } from "../src/page/language.js";
import { words } from "../src/words/words.js";

const kept = new Map();
const root = { lang: "", dir: "" };
const fakes = {
  localStorage: { getItem: (/** @type {string} */ key) => kept.get(key) ?? null, setItem: (/** @type {string} */ key, /** @type {string} */ text) => kept.set(key, text), removeItem: (/** @type {string} */ key) => kept.delete(key) },
  navigator: { languages: ["nl"] },
  document: { documentElement: root },
};
for (const [name, value] of Object.entries(fakes)) Object.defineProperty(globalThis, name, { value, configurable: true });

/** @param {string[]} languages  of the browser @param {unknown} [operators] */
async function spoken(languages, operators) {
  fakes.navigator.languages = languages;
  await speakPreferred(async () => operators);
  return language.value;
}

test("the visitor's choice comes before the browser's, the browser's before the operator's, and English is the last", async () => {
  assert.equal(await spoken(["nl"]), "en");
  assert.equal(await spoken(["nl"], "fr-CA"), "fr");
  assert.equal(await spoken(["nl"], 7), "en");
  assert.equal(await spoken(["nl", "de-AT", "es"], "fr"), "de");
  storeLanguage("ja");
  assert.equal(await spoken(["de"], "fr"), "ja");
  storeLanguage("");
  assert.equal(await spoken(["de"], "fr"), "de");
});

test("a choice that cannot be stored lasts as long as the page", async () => {
  const { setItem } = fakes.localStorage;
  fakes.localStorage.setItem = () => {
    throw new DOMException("", "QuotaExceededError");
  };
  storeLanguage("ja");
  assert.equal(await spoken(["de"]), "ja");

  fakes.localStorage.setItem = setItem;
  storeLanguage("");
  assert.equal(await spoken(["de"]), "de");
});

test("a browser that says what it wants has nobody wait for the operator's default", async () => {
  fakes.navigator.languages = ["es"];
  const isAnswered = speakPreferred(() => new Promise(() => {}));

  assert.equal(await isAnswered, true);
  assert.equal(words.SEND, "Enviar");
});

test("words, language and direction of the page change together", async () => {
  assert.equal(await speak("ar"), true);
  assert.deepEqual([words.SEND, root.lang, root.dir], ["إرسال", "ar", "rtl"]);
  assert.equal(await speak("en"), true);
  assert.deepEqual([words.SEND, root.lang, root.dir], ["Send", "en", "ltr"]);
});
