import assert from "node:assert/strict";
import { test } from "node:test";
import { CLOSE, HELLO, WELCOME } from "../src/core/embedding.js";
import { HostPage } from "../src/edge/host_page.js";

const HOST = "https://www.acme.example";

/**
 * A chat inside a page that answers at once.
 * @param {{ origin?: string, answer?: unknown, isAnswering?: boolean, isOutermost?: boolean, isItself?: boolean }} page
 */
function chatIn({ origin = HOST, answer = WELCOME, isAnswering = true, isOutermost = true, isItself = true }) {
  const told = /** @type {unknown[][]} */ ([]);
  const parent = {
    /** @param {unknown} data @param {string} target */
    postMessage(data, target) {
      told.push([data, target]);
      const source = isItself ? parent : null;
      if (data === HELLO && isAnswering) chat.dispatchEvent(Object.assign(new Event("message"), { source, origin, data: answer }));
    },
  };
  const chat = Object.assign(new EventTarget(), { parent, top: isOutermost ? parent : {} });
  return { host: new HostPage(/** @type {any} */ (chat)), told };
}

test("a page whose origin is listed may show the chat, and is told when to close it", async () => {
  const { host, told } = chatIn({});

  assert.equal(await host.isAllowed(["https://other.example", HOST]), true);
  host.close();
  assert.deepEqual(told, [[HELLO, "*"], [CLOSE, "*"]]);
});

test("everybody else may not: other origins, pages around that page, other senders, other words, and silence", async () => {
  const strangers = [
    { origin: "https://evil.example" },
    { origin: "null" },
    { isOutermost: false },
    { isItself: false },
    { answer: "nexus: hello" },
    { isAnswering: false },
  ];

  for (const page of strangers) {
    const deadline = new AbortController();
    const answer = chatIn(page).host.isAllowed([HOST], deadline.signal);
    deadline.abort();
    assert.equal(await answer, false, JSON.stringify(page));
  }
});

test("without a list nobody is even asked", async () => {
  const { host, told } = chatIn({});

  assert.equal(await host.isAllowed([]), false);
  assert.deepEqual(told, []);
  host.close();
  assert.deepEqual(told, [[CLOSE, "*"]], "its panel closes all the same");
});
