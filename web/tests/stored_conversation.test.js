import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { NEW_ANSWER } from "../src/core/answer.js";
import { messagesOf } from "../src/core/conversation.js";
import { titleOf } from "../src/core/library.js";
import { isForgotten, merged, readStored, tombstoneOf } from "../src/core/stored_conversation.js";
import { placesOf, withVersionOpen } from "../src/core/versions.js";

/** @typedef {import("../src/core/conversation.js").Exchange} Exchange */
/** @typedef {import("../src/core/stored_conversation.js").StoredConversation} StoredConversation */

const DONE = { ...NEW_ANSWER, state: /** @type {const} */ ("done"), accepted: true, text: "So." };
const FAILED = { ...NEW_ANSWER, state: /** @type {const} */ ("failed") };

/** @param {string} id @param {object} [answer] @returns {Exchange} */
const exchange = (id, answer) => ({ id, attempt: 1, question: id, answer: { ...DONE, ...answer } });

/** @param {number} revision @param {Partial<StoredConversation>} [fields] @returns {StoredConversation} */
const stored = (revision, fields) => ({ schema: 1, revision, id: "c", title: null, createdAt: 0, updatedAt: 0, exchanges: [exchange("one")], ...fields });

/** @param {readonly Exchange[]} exchanges */
const turnsOf = (exchanges) => exchanges.map(({ question, answer }) => ({ question, answer }));

test("a conversation that an older version stored keeps its previous answers, and what an edit was to replace is a version", () => {
  const retried = { id: "1", question: "Why?", answer: FAILED };
  const edit = { id: "2", question: "Why not?", answer: FAILED };
  const old = { id: "c", title: null, createdAt: 1, updatedAt: 2, exchanges: [{ ...edit, replaced: [{ ...retried, earlier: DONE }] }] };

  const earlier = [[{ attempt: 1, ...retried, id: "1-before", previousAnswer: DONE }]];
  const exchanges = [{ attempt: 1, ...edit, versions: { earlier, later: [] } }];
  for (const name of ["replaced", "supersededExchanges"]) {
    const stored = { ...old, exchanges: [{ ...edit, [name]: old.exchanges[0].replaced }] };
    const read = readStored(stored);
    assert.deepEqual(read, { schema: 0, revision: 0, ...old, exchanges });
    assert.deepEqual(readStored(read), read);
  }
});

test("what a browser stored with builds of two days opens whole, with what an edit was to replace as the version before it", async () => {
  const file = new URL("stored_by_earlier_builds.json", import.meta.url);
  const builds = /** @type {Record<string, any[]>} */ (JSON.parse(await readFile(file, "utf8")));
  for (const all of Object.values(builds)) {
    for (const found of all) {
      const read = /** @type {StoredConversation} */ (readStored(found));
      assert.deepEqual(readStored(structuredClone(read)), read);
      assert.deepEqual([titleOf(read), read.updatedAt], [titleOf(found), found.updatedAt]);
      assert.deepEqual(turnsOf(read.exchanges), turnsOf(found.exchanges));
      assert.deepEqual(
        read.exchanges.map(({ previousAnswer }) => previousAnswer),
        found.exchanges.map((/** @type {any} */ { earlier, previousAnswer }) => earlier ?? previousAnswer),
      );

      const [{ replaced, supersededExchanges: before = replaced }] = found.exchanges;
      assert.equal(placesOf(read.exchanges[0]).question.count, before ? 2 : 1);
      if (!before) continue;
      const back = withVersionOpen(read.exchanges, read.exchanges[0].id, 0);
      assert.deepEqual(turnsOf(back), turnsOf(before));
      assert.equal(messagesOf(back).length, 2 * before.length);
    }
  }
});

test("what a newer version stored beside is kept, also where it is merged", () => {
  const newer = { ...stored(2), schema: 7, leaf: "x", exchanges: [{ ...exchange("one"), parent: "0" }] };

  assert.deepEqual(readStored(newer), newer);
  assert.deepEqual(merged(stored(1), stored(1, { title: "Mine" }), newer), { ...newer, title: "Mine" });
});

test("what this version cannot show is not taken for a conversation", () => {
  const answer = { ...DONE, state: "dreaming" };
  for (const found of [undefined, null, "x", {}, { id: "c" }, { id: "c", exchanges: [{}] }, { ...stored(1), exchanges: [{ ...exchange("one"), answer }] }]) {
    assert.equal(readStored(found), null);
  }
  for (const others of [{ replaced: [{}] }, { versions: null }, { versions: { earlier: [[]], later: [] } }, { versions: { earlier: [], later: [[{}]] } }]) {
    assert.equal(readStored({ ...stored(1), exchanges: [{ ...exchange("one"), ...others }] }), null);
  }
});

test("what two tabs have added and changed is all there, and what one took away is gone", () => {
  const base = stored(1, { exchanges: [exchange("one"), exchange("two")] });
  const ours = stored(1, { title: "Mine", updatedAt: 5, exchanges: [exchange("one", { text: "Longer." }), exchange("ours")] });
  const theirs = stored(4, { updatedAt: 3, exchanges: [exchange("one"), exchange("two"), exchange("theirs")] });

  const { title, revision, updatedAt, exchanges } = merged(base, ours, structuredClone(theirs));

  assert.deepEqual([title, revision, updatedAt], ["Mine", 4, 5]);
  assert.deepEqual(exchanges.map(({ id, answer }) => [id, answer.text]), [["one", "Longer."], ["theirs", "So."], ["ours", "So."]]);
});

test("of an exchange that both have changed the one that is further along counts", () => {
  const base = stored(1);
  const streaming = exchange("one", { state: "streaming", text: "So" });
  const [short, long, over] = [streaming, { ...streaming, answer: { ...streaming.answer, text: "So it is" } }, exchange("one", { text: "S" })];
  const again = { ...streaming, attempt: 2, answer: { ...NEW_ANSWER } };
  for (const [less, more] of [[short, long], [long, over], [over, again]]) {
    const [one, other] = [stored(1, { exchanges: [less] }), stored(2, { exchanges: [more] })];
    assert.deepEqual(merged(base, one, other).exchanges, [more]);
    assert.deepEqual(merged(base, { ...other, revision: 1 }, { ...one, revision: 2 }).exchanges, [more]);
  }
});

test("a deletion wins over any change, and is forgotten after a month", () => {
  const [base, changed] = [stored(1), stored(2, { title: "Mine" })];
  const tombstone = tombstoneOf(base, 1_000);

  assert.deepEqual(tombstone.exchanges, []);
  assert.equal(merged(base, tombstone, changed).deletedAt, 1_000);
  assert.equal(merged(base, changed, tombstone).deletedAt, 1_000);
  assert.deepEqual([1_000, 40 * 86_400_000].map((now) => isForgotten(tombstone, now)), [false, true]);
  assert.equal(isForgotten(base, 40 * 86_400_000), false);
});
