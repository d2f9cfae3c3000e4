import assert from "node:assert/strict";
import { test } from "node:test";
import { keepRating } from "../src/app/kept_rating.js";
import { DEVICE } from "../src/core/answer.js";
import { asJson } from "../src/core/archive.js";
import { REASONS, canBeRated } from "../src/core/rating.js";
import { ReplyReader } from "../src/core/reply.js";
import { sendRating } from "../src/edge/rating_client.js";
import { words } from "../src/words/words.js";
import { Scene } from "./scene.js";

/** @typedef {import("../src/core/answer.js").AnswerEvent} AnswerEvent */

const URL = "https://chat.example/v1/feedback";
const DAY_MS = 86_400_000;

/** A tab with one finished answer. */
async function answered() {
  const scene = new Scene();
  scene.refusal = null;
  scene.answer = () => /** @type {AnswerEvent[]} */ ([{ type: "accepted" }, { type: "text", text: "Hello" }, { type: "finished", reason: "stop", hint: "h" }]);
  const tab = await scene.tab();
  await tab.send("Hi");
  await scene.rest();
  return { scene, tab, id: tab.library.currentId.value };
}

test("an answer can be rated once it is whole, for a day, unless it is the device's or of a time without ratings", async () => {
  const { scene, tab } = await answered();
  const [exchange] = tab.conversation.value;
  const { answer } = exchange;
  const { now } = scene.browser;

  assert.equal(canBeRated(exchange, now), true);
  assert.equal(canBeRated(exchange, now + DAY_MS), false);
  assert.equal(canBeRated({ ...exchange, answer: { ...answer, rating: { thumb: "up" } } }, now + DAY_MS), true);
  assert.equal(canBeRated({ ...exchange, answer: { ...answer, models: [DEVICE] } }, now), false);
  assert.equal(canBeRated({ ...exchange, answer: { ...answer, hint: undefined } }, now), false);
  for (const state of /** @type {const} */ (["streaming", "stopped", "failed"])) assert.equal(canBeRated({ ...exchange, answer: { ...answer, state } }, now), false);
});

test("a rating stays with its answer, also in other tabs, and another version has none", async () => {
  const { scene, tab, id } = await answered();
  const { updatedAt } = /** @type {import("../src/core/stored_conversation.js").StoredConversation} */ (tab.library.store.get(id));
  scene.browser.now += 1;
  keepRating(tab.library.store, id, tab.conversation.value[0].id, { thumb: "down", reason: "too_long" });
  await scene.rest();
  const other = await scene.tab();
  other.library.open(id);

  assert.deepEqual(other.conversation.value[0].answer.rating, { thumb: "down", reason: "too_long" });
  assert.equal(tab.library.store.get(id)?.updatedAt, updatedAt);
  assert.doesNotMatch(asJson(tab.library.store.all(), 0), /too_long|"hint"/);
  await tab.retry();
  await scene.rest();
  assert.equal(tab.conversation.value[0].answer.rating, undefined);
});

test("an answer keeps the hint of the model that ended it", () => {
  const chunk = (/** @type {object} */ data) => `data: ${JSON.stringify(data)}\n\n`;
  const reader = new ReplyReader(() => 0);
  const events = reader.feed(
    [
      chunk({ nexus: { display_name: "A", hint: "a" }, choices: [{ delta: { content: "One" } }] }),
      chunk({ nexus: { display_name: "B", hint: "b", resumed: true }, choices: [{ delta: {}, finish_reason: "stop" }] }),
      "data: [DONE]\n\n",
    ].join(""),
  );

  assert.deepEqual(events.at(-1), { type: "finished", reason: "stop", hint: "b" });
});

test("a rating is sent with nothing that says whose it is", async () => {
  /** @type {any} */
  let sent;
  const fetch = async (/** @type {any} */ url, /** @type {any} */ init) => ((sent = { url, ...init }), new Response(null, { status: 204 }));

  assert.equal(await sendRating(URL, "h", { thumb: "down", reason: "wrong" }, fetch), "counted");
  assert.deepEqual([sent.url, sent.headers, sent.credentials], [URL, { "Content-Type": "application/json" }, "omit"]);
  assert.deepEqual(JSON.parse(sent.body), { hint: "h", rating: "down", reason: "wrong" });
  await sendRating(URL, "h", { thumb: "up" }, fetch);
  assert.deepEqual(JSON.parse(sent.body), { hint: "h", rating: "up" });
});

test("what became of it is one of three", async () => {
  const outcomes = { 204: "counted", 400: "too_old", 404: "not_sent", 503: "not_sent" };
  for (const [status, outcome] of Object.entries(outcomes)) {
    assert.equal(await sendRating(URL, "h", { thumb: "up" }, async () => new Response(null, { status: Number(status) })), outcome);
  }
  assert.equal(await sendRating(URL, "h", { thumb: "up" }, async () => Promise.reject(new TypeError())), "not_sent");
});

test("every reason has its words", () => {
  assert.deepEqual(Object.keys(words.REASONS), [...REASONS]);
});
