import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import "./english.js";
import { canRetry, failureOf, failureOfReply, isOutage, retryInstant } from "../src/core/failure.js";
import { wordsFor } from "../src/words/failure.js";
import { loadWords } from "../src/words/words.js";

const NOW = Date.parse("2026-11-22T22:40:00Z");
const IN_A_MINUTE = "2026-11-22T22:41:00Z";

const API = await readFile(new URL("../../docs/api.md", import.meta.url), "utf8");
/** Every code that the service may send. */
const CODES_OF_SERVICE = [...API.matchAll(/^\| \d{3} \| `(\w+)` \|/gm)].map(([, code]) => code);

test("the service's own words for a failure decide, not the status", () => {
  const failure = failureOfReply(503, { error: { code: "models_exhausted", retry_at: IN_A_MINUTE, request_id: "r-1" } }, NOW);

  assert.deepEqual(failure, { code: "models_exhausted", retryAt: NOW + 60_000, requestId: "r-1" });
});

test("why no model answers is said by the service's reason, in the page's language", async () => {
  const failure = failureOfReply(503, { error: { code: "models_unavailable", reason: "silent", retry_at: IN_A_MINUTE } }, NOW);
  const unusable = failureOfReply(503, { error: { code: "models_unavailable", reason: "no_usable_answer" } }, NOW);

  assert.equal(wordsFor(failure).what, "No model answers in time.");
  assert.equal(wordsFor(unusable).what, "The answer was empty.");
  assert.equal(wordsFor({ ...failure, reason: "something new" }).what, "No model is answering right now.");
  await loadWords("de");
  assert.equal(wordsFor(failure).what, "Kein Modell antwortet rechtzeitig.");
  await loadWords("en");
});

test("the service is down where no model may be tried, not where this message brought no answer", () => {
  const failure = (/** @type {string} */ code, /** @type {number | null} */ retryAt) => ({ ...failureOf(code), retryAt });

  assert.equal(isOutage(failure("models_exhausted", null)), true);
  assert.equal(isOutage(failure("models_unavailable", NOW)), true);
  assert.equal(isOutage(failure("models_unavailable", null)), false);
  assert.equal(isOutage(failure("visitor_rate_limited", NOW)), false);
});

test("a misconfigured service does not claim that anybody has been told", () => {
  const { what, next } = wordsFor(failureOf("service_misconfigured"));

  assert.doesNotMatch(what + next, /told|operator/i);
});

test("a reply of something in between is judged by its status", () => {
  assert.equal(failureOfReply(413, undefined, NOW).code, "request_too_large");
  assert.equal(failureOfReply(503, "<html>", NOW).code, "unavailable");
  assert.equal(failureOfReply(418, { error: "teapot" }, NOW).code, "unexpected_reply");
});

test("every code of the service has words of its own, and an unknown one has words too", () => {
  const general = wordsFor(failureOf("internal_error"));

  assert.ok(CODES_OF_SERVICE.includes("models_exhausted"));
  for (const code of CODES_OF_SERVICE) {
    const { what, next } = wordsFor(failureOf(code));
    assert.ok(what && next, code);
    if (code !== "internal_error") assert.notEqual(what, general.what, code);
  }
  assert.equal(wordsFor(failureOf("something_new")), general);
});

test("a retry is offered wherever the same words may succeed", () => {
  assert.equal(canRetry(failureOf("network")), true);
  assert.equal(canRetry(failureOf("context_length_exceeded")), false);
});

test("the instant is exact where both clocks agree", () => {
  assert.equal(retryInstant({ retry_at: "2026-11-22T22:41:00.400Z", retry_after_seconds: 61 }, NOW), NOW + 60_400);
});

test("a visitor's clock that is an hour off does not move the end of the wait", () => {
  const wrongNow = NOW + 3_600_000;

  assert.equal(retryInstant({ retry_at: IN_A_MINUTE, retry_after_seconds: 60 }, wrongNow), wrongNow + 60_000);
});

test("either field is enough, and neither is no instant", () => {
  assert.equal(retryInstant({ retry_at: IN_A_MINUTE }, NOW), NOW + 60_000);
  assert.equal(retryInstant({ retry_after_seconds: 5 }, NOW), NOW + 5_000);
  assert.equal(retryInstant({ retry_at: null, retry_after_seconds: 0 }, NOW), null);
  assert.equal(retryInstant({ retry_at: "soon" }, NOW), null);
});
