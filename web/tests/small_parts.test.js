import assert from "node:assert/strict";
import { test } from "node:test";
import "./english.js";
import { countdownText, dayAndTime } from "../src/words/time.js";
import { isFollowingAfterScroll, isTurningBack } from "../src/core/scrolling.js";
import { loadConfig } from "../src/edge/config.js";

const PAGE = "https://web.example/chat/index.html";

test("a countdown reads as a clock in the last hour and ends at zero; before that it is in words", () => {
  assert.equal(countdownText(6_001), "0:07");
  assert.equal(countdownText(720_000), "12:00");
  assert.equal(countdownText(-1), "0:00");
  assert.equal(countdownText(3_600_000), "about 1 hour");
  assert.equal(countdownText(11_109_000), "about 3 hours");
  assert.equal(countdownText(50 * 3_600_000), "about 2 days");
});

test("an instant is said with its day, unless that is today", () => {
  const now = new Date(2026, 10, 22, 22, 40).getTime();
  const at = (/** @type {number} */ day, /** @type {number} */ hour) => dayAndTime(new Date(2026, 10, day, hour).getTime(), now);

  assert.match(at(22, 23), /^at 11:00|^at 23:00/);
  assert.match(at(23, 8), /^tomorrow at 0?8:00/);
  assert.match(at(25, 8), /^on Wednesday, November 25 at 0?8:00/);
});

test("scrolling up lets go of the end, reaching it takes hold again, and growth does neither", () => {
  const at = (/** @type {number} */ scrollTop) => ({ scrollTop, scrollHeight: 1000, clientHeight: 400 });

  assert.equal(isFollowingAfterScroll(true, at(500), at(600)), false);
  assert.equal(isFollowingAfterScroll(true, at(590), at(600)), false);
  assert.equal(isFollowingAfterScroll(false, at(550), at(500)), false);
  assert.equal(isFollowingAfterScroll(false, at(590), at(550)), true);
  assert.equal(isFollowingAfterScroll(false, at(590), at(590)), false);
  assert.equal(isFollowingAfterScroll(true, at(500), at(500)), true);
});

test("a layout that shrinks moves the text, but nobody has let go", () => {
  const before = { scrollTop: 600, scrollHeight: 1000, clientHeight: 400 };

  assert.equal(isFollowingAfterScroll(true, { scrollTop: 550, scrollHeight: 950, clientHeight: 400 }, before), true);
  assert.equal(isFollowingAfterScroll(true, { scrollTop: 500, scrollHeight: 950, clientHeight: 400 }, before), false);
  assert.equal(isFollowingAfterScroll(false, { scrollTop: 550, scrollHeight: 950, clientHeight: 400 }, before), false);
});

test("a box that grows while text is added moves the text, but nobody has let go", () => {
  const before = { scrollTop: 600, scrollHeight: 1000, clientHeight: 400 };

  assert.equal(isFollowingAfterScroll(true, { scrollTop: 552, scrollHeight: 1100, clientHeight: 448 }, before), true);
  assert.equal(isFollowingAfterScroll(true, { scrollTop: 540, scrollHeight: 1100, clientHeight: 448 }, before), false);
  assert.equal(isFollowingAfterScroll(false, { scrollTop: 552, scrollHeight: 1100, clientHeight: 448 }, before), false);
});

test("wheel, finger and keys upwards let go before anything has moved", () => {
  assert.equal(isTurningBack({ type: "wheel", deltaY: -1 }), true);
  assert.equal(isTurningBack({ type: "wheel", deltaY: 1 }), false);
  assert.equal(isTurningBack({ type: "wheel", deltaY: -1, ctrlKey: true }), false);
  assert.equal(isTurningBack({ type: "touchmove", deltaY: -1 }), true);
  assert.equal(isTurningBack({ type: "touchmove", deltaY: 1 }), false);
  assert.equal(isTurningBack({ type: "keydown", key: "PageUp" }), true);
  assert.equal(isTurningBack({ type: "keydown", key: " ", shiftKey: true }), true);
  assert.equal(isTurningBack({ type: "keydown", key: "End" }), false);
});

test("the configuration is relative to the page, and may name other origins", async () => {
  const fetch = async () => Response.json({ chatUrl: "https://chat.example/v1/chat/completions" });

  assert.deepEqual(await loadConfig(PAGE, fetch), {
    chatUrl: "https://chat.example/v1/chat/completions",
    availabilityUrl: "https://web.example/chat/api/check-availability",
    deviceAnswers: true,
    feedback: false,
    own: {},
  });
});

test("a configuration that is missing, broken or wrong leaves the defaults, with one line for each wrong value", async () => {
  const defaults = {
    chatUrl: "https://web.example/chat/api/chat/v1/chat/completions",
    availabilityUrl: "https://web.example/chat/api/check-availability",
    deviceAnswers: true,
    feedback: false,
    own: {},
  };
  const replies = /** @type {[Response, unknown[][]][]} */ ([
    [new Response("", { status: 404 }), []],
    [new Response("<html>"), []],
    [Response.json({ chatUrl: "http://" }), [["chatUrl", "http://"]]],
    [Response.json({ deviceAnswers: "no" }), [["deviceAnswers", "no"]]],
    [Response.json({ feedback: 1 }), [["feedback", 1]]],
  ]);

  for (const [reply, expected] of replies) {
    const ignored = /** @type {unknown[][]} */ ([]);
    assert.deepEqual(await loadConfig(PAGE, async () => reply, undefined, (...each) => ignored.push(each)), defaults);
    assert.deepEqual(ignored, expected);
  }
});

test("an operator can switch answers of the visitor's device off, and ratings on", async () => {
  const { deviceAnswers, feedback } = await loadConfig(PAGE, async () => Response.json({ deviceAnswers: false, feedback: true }));

  assert.deepEqual([deviceAnswers, feedback], [false, true]);
});
