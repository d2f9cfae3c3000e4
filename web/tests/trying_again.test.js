import assert from "node:assert/strict";
import { test } from "node:test";
import { Scene } from "./scene.js";

/** @typedef {import("../src/core/availability.js").Availability} Availability */

test("while no model is known to answer, a waiting message is tried at its instant, once, and put back without a word", async () => {
  const scene = new Scene();
  const [first, second] = [await scene.tab(), await scene.tab()];
  await first.send("Patience");
  await scene.rest();
  second.library.open(first.library.currentId.value);
  const tabs = [first, second];
  const said = /** @type {string[]} */ ([]);
  for (const tab of tabs) tab.announcement.subscribe((words) => said.push(words));
  said.length = 0;
  /** Both tabs check, and have dealt with what they have found. @param {Availability} found */
  const check = async (found) => {
    scene.found = found;
    await Promise.all(tabs.map((tab) => tab.state.check()));
    await scene.rest();
  };
  /** @param {number} releaseAt @returns {Availability} */
  const untried = (releaseAt) => ({ status: "degraded", retryAt: null, releaseAt });

  scene.browser.now = 10_000;
  await check(untried(18_000));
  for (const tab of tabs) assert.deepEqual([tab.canAsk.value, tab.draft.value], [true, ""]);
  assert.equal(scene.tries, 1);

  scene.browser.now = 18_000;
  await Promise.all(tabs.map((tab) => tab.wake()));
  await scene.rest();
  assert.equal(scene.tries, 2);
  for (const tab of tabs) assert.equal(tab.conversation.value[0].answer.state, "queued");
  assert.deepEqual([first.isDown.value || second.isDown.value, said], [true, []]);

  scene.refusal = null;
  scene.browser.now = 20_000;
  await check(untried(20_000));
  await Promise.all(tabs.map((tab) => tab.wake()));
  await scene.rest();
  assert.deepEqual(scene.asked, ["Patience"]);
  for (const tab of tabs) assert.equal(tab.conversation.value[0].answer.state, "done");
});
