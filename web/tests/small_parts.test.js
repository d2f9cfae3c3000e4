import assert from "node:assert/strict";
import { test } from "node:test";
import { countdownText } from "../src/core/countdown.js";
import { isFollowingAfterScroll } from "../src/core/scrolling.js";
import { loadConfig } from "../src/edge/config.js";

const PAGE = "https://web.example/chat/index.html";

test("a countdown reads as a clock and ends at zero", () => {
  assert.equal(countdownText(6_001), "0:07");
  assert.equal(countdownText(720_000), "12:00");
  assert.equal(countdownText(11_109_000), "3:05:09");
  assert.equal(countdownText(-1), "0:00");
});

test("scrolling up lets go of the end, reaching it takes hold again, and growth does neither", () => {
  const extent = { scrollHeight: 1000, clientHeight: 400 };

  assert.equal(isFollowingAfterScroll(true, { ...extent, scrollTop: 500 }, 600), false);
  assert.equal(isFollowingAfterScroll(false, { ...extent, scrollTop: 550 }, 500), false);
  assert.equal(isFollowingAfterScroll(false, { ...extent, scrollTop: 590 }, 550), true);
  assert.equal(isFollowingAfterScroll(true, { ...extent, scrollTop: 500 }, 500), true);
});

test("the configuration is relative to the page, and may name other origins", async () => {
  const fetch = async () => Response.json({ chatUrl: "https://chat.example/v1/chat/completions" });

  assert.deepEqual(await loadConfig(PAGE, fetch), {
    chatUrl: "https://chat.example/v1/chat/completions",
    availabilityUrl: "https://web.example/chat/api/check-availability",
  });
});

test("a configuration that is missing, broken or no address leaves the defaults", async () => {
  const defaults = {
    chatUrl: "https://web.example/chat/api/chat/v1/chat/completions",
    availabilityUrl: "https://web.example/chat/api/check-availability",
  };

  for (const reply of [() => new Response("", { status: 404 }), () => new Response("<html>"), () => Response.json({ chatUrl: "http://" })]) {
    assert.deepEqual(await loadConfig(PAGE, async () => reply()), defaults);
  }
});
