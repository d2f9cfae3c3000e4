import assert from "node:assert/strict";
import { test } from "node:test";
import "./english.js";
import { listDate } from "../src/words/dates.js";

test("a list says the time of today, the day of this year, and the year of others", () => {
  const now = new Date(2026, 10, 27, 9, 0).getTime();

  assert.match(listDate(new Date(2026, 10, 27, 0, 5).getTime(), now), /^(12|00|0):05/);
  assert.equal(listDate(new Date(2026, 10, 26, 23, 59).getTime(), now), "Nov 26");
  assert.equal(listDate(new Date(2025, 10, 27, 9, 0).getTime(), now), "Nov 27, 2025");
});
