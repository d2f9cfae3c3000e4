import assert from "node:assert/strict";
import { test } from "node:test";
import { NEW_ANSWER } from "../src/core/answer.js";
import { isForgotten, merged, readStored, tombstoneOf } from "../src/core/stored_conversation.js";

/** @typedef {import("../src/core/conversation.js").Exchange} Exchange */
/** @typedef {import("../src/core/stored_conversation.js").StoredConversation} StoredConversation */

const DONE = { ...NEW_ANSWER, state: /** @type {const} */ ("done"), accepted: true, text: "So." };
const FAILED = { ...NEW_ANSWER, state: /** @type {const} */ ("failed") };

/** @param {string} id @param {object} [answer] @returns {Exchange} */
const exchange = (id, answer) => ({ id, attempt: 1, question: id, answer: { ...DONE, ...answer } });

/** @param {number} revision @param {Partial<StoredConversation>} [fields] @returns {StoredConversation} */
const stored = (revision, fields) => ({ schema: 1, revision, id: "c", title: null, createdAt: 0, updatedAt: 0, exchanges: [exchange("one")], ...fields });

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
