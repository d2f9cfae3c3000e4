import assert from "node:assert/strict";
import { test } from "node:test";
import { lengthText, shareText, stretchText, timeText } from "../src/status/amounts.js";
import { loadStatusWords, sentenceOf } from "../src/status/words.js";

process.env.TZ = "Asia/Tokyo";
const INSTANT = "2026-11-22T22:30:00Z";
const DAY_SECONDS = 86_400;

/** Which space it is differs between versions. @param {string} text */
const plain = (text) => text.replace(/[\u00a0\u202f]/g, " ");

test("an instant is told by the visitor's clock, and a length of time in its two largest units", () => {
  assert.match(timeText(INSTANT, "de", ""), /^23\. November 2026 um /);
  assert.match(timeText(INSTANT, "ja", ""), /^2026年11月23日/);
  assert.match(timeText(INSTANT, "ar", ""), /^23 نوفمبر 2026/);
  assert.equal(plain(timeText("PT93660S", "fr", "")), "1 jour et 2 heures");
  assert.match(timeText("PT93660S", "ar", ""), /^يوم وساعتان/);
  assert.equal(lengthText(59, "en", "less than a minute"), "less than a minute");
  assert.equal(plain(lengthText(60, "en", "")), "1 minute");
});

test("a day of the strips stays the day that was counted, and a share is never rounded up to full", () => {
  assert.equal(stretchText(Date.parse("2026-11-22T00:00:00Z"), DAY_SECONDS, "en"), "November 22, 2026");
  assert.match(stretchText(Date.parse(INSTANT), 900, "en"), /^November 23, 2026 at /);
  assert.equal(plain(shareText(0.9999, "de")), "99,99 %");
  assert.equal(shareText(1, "en"), "100%");
});

test("a text of a newer service is left as it was written", async () => {
  const words = await loadStatusWords("fr");

  assert.equal(sentenceOf(words, "NO_MODEL.silent"), "Aucun modèle ne répond à temps.");
  for (const key of ["", "NO_MODEL", "NO_MODEL.new", "NEW.silent"]) assert.equal(sentenceOf(words, key), undefined, key);
});
