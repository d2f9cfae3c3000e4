import assert from "node:assert/strict";
import { test } from "node:test";
import { visitorIdOf } from "../src/core/visitor.js";
import { askChat } from "../src/edge/chat_client.js";
import { visitorId } from "../src/edge/visitor_id.js";
import { WebStorage } from "../src/edge/web_storage.js";
import { FakeStorage } from "./fakes.js";

const ID = "v1.abc-_123.20261123.signature";

const refused = () => {
  throw new DOMException("refused", "SecurityError");
};

test("only what can be an id is one", () => {
  assert.equal(visitorIdOf(ID), ID);
  for (const text of [null, undefined, 7, "", "two words", "a\r\nEvil: 1", "ü", "x".repeat(513)]) assert.equal(visitorIdOf(text), null);
});

test("an id is kept for all tabs, and the newest counts", () => {
  const items = new FakeStorage();
  const [one, other] = [0, 1].map(() => visitorId(new WebStorage(() => items)));
  assert.equal(one.read(), null);

  one.keep(ID);
  one.keep(null);
  one.keep("no id");
  assert.equal(other.read(), ID);

  other.keep("v1.newer");
  assert.equal(one.read(), "v1.newer");
});

test("where nothing is kept, an id lives as long as the page", () => {
  const visitor = visitorId(new WebStorage(refused));
  assert.equal(visitor.read(), null);

  visitor.keep(ID);

  assert.equal(visitor.read(), ID);
});

test("the id of one reply goes out with the next request, also where the reply is a refusal", async () => {
  const sent = /** @type {(string | null)[]} */ ([]);
  const replies = [new Headers({ "X-Nexus-Visitor": ID }), new Headers()];
  const fetch = async (/** @type {any} */ _url, /** @type {RequestInit | undefined} */ init) => {
    sent.push(new Headers(init?.headers).get("X-Nexus-Visitor"));
    return Response.json({ error: { code: "models_exhausted" } }, { status: 503, headers: replies.shift() });
  };
  const visitor = visitorId(new WebStorage(refused));
  const { signal } = new AbortController();

  for (let asked = 0; asked < 2; asked += 1) {
    // to its end: what is left open waits for its time limit
    for await (const { type } of askChat({ url: "https://chat.example/", messages: [], signal, visitor, fetch })) assert.equal(type, "failed");
  }

  assert.deepEqual(sent, [null, ID]);
});
