import assert from "node:assert/strict";
import { test } from "node:test";
import { asJson, asMarkdown, fromFile } from "../src/core/archive.js";
import { isOver } from "../src/core/answer.js";
import { messagesOf, withEvent, withQuestion, withQuestionAgain, withVersionUndone } from "../src/core/conversation.js";
import { SCHEMA, merged, readStored } from "../src/core/stored_conversation.js";
import { nodesOf, pathOf, placesOf, withVersionOpen } from "../src/core/versions.js";
import { fileWords } from "./english.js";

/** @typedef {import("../src/core/conversation.js").Conversation} Conversation */
/** @typedef {import("../src/core/answer.js").AnswerEvent} AnswerEvent */

const NETWORK = { code: "network", retryAt: null, requestId: null };

/** @param {Conversation} conversation @param {string} words @returns {Conversation} with its last question answered */
const answered = (conversation, words) =>
  /** @type {AnswerEvent[]} */ ([{ type: "accepted" }, { type: "text", text: words }, { type: "finished", reason: "stop" }]).reduce(
    (all, event) => withEvent(all, all.at(-1)?.id ?? "", event),
    conversation,
  );

/** @param {Conversation} conversation @returns {Conversation} */
const refused = (conversation) => withEvent(conversation, conversation.at(-1)?.id ?? "", { type: "failed", failure: NETWORK });

/** @param {number} turns @returns {Conversation} */
const talk = (turns) =>
  Array.from({ length: turns }).reduce((all, _, index) => answered(withQuestion(all, `q${index}`, `Question ${index}`), `Answer ${index}`), /** @type {Conversation} */ ([]));

/** @param {Conversation} conversation */
const said = (conversation) => conversation.map(({ question, answer }) => `${question}: ${answer.text}`);
/** @param {Conversation} conversation @returns {string[]} in every version, in some order */
const everythingSaid = (conversation) => said(nodesOf(conversation).map(({ exchange }) => exchange)).sort();

/** @param {Conversation} conversation @returns {Map<string, string>} of all answers, by the ids of their exchanges */
const textsOf = (conversation) => new Map(nodesOf(conversation).map(({ exchange }) => [exchange.id, exchange.answer.text]));

/** @param {Conversation} conversation @returns {Conversation} with the version before that of the first question */
const firstBack = (conversation) => withVersionOpen(conversation, conversation[0].id, placesOf(conversation[0]).question.previous ?? -1);

/** @param {Conversation} exchanges @param {number} [revision] */
const stored = (exchanges, revision = 0) => ({ schema: SCHEMA, revision, id: "c", title: null, createdAt: 0, updatedAt: 0, exchanges });

/** @param {number} seed @returns {() => number} from 0 up to 1 */
function chance(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
}

/**
 * @param {Conversation} conversation
 * @param {() => number} random
 * @param {string} name  makes ids and words that nothing else has
 * @returns {Conversation} after something that a visitor can do
 */
function step(conversation, random, name) {
  const any = conversation[Math.floor(random() * conversation.length)];
  const kind = Math.floor(random() * 6);
  if (!any || kind === 0) return answered(withQuestion(conversation, `id${name}`, `Question ${name}`), `Answer ${name}`);
  if (kind === 1) return answered(withQuestionAgain(conversation, any.id, `id${name}`, `Question ${name}`), `Answer ${name}`);
  if (kind === 2) return answered(withQuestionAgain(conversation, any.id, `id${name}`), `Answer ${name}`);
  if (kind === 3) {
    const failed = refused(withQuestionAgain(conversation, any.id, `id${name}`, `Question ${name}`));
    return random() < 0.5 ? failed : withVersionUndone(failed, failed.at(-1)?.id ?? "");
  }
  const { question, answer } = placesOf(any);
  const targets = [question.previous, question.next, answer.previous, answer.next].filter((version) => version !== undefined);
  return withVersionOpen(conversation, any.id, targets[Math.floor(random() * targets.length)] ?? -1);
}

test("whatever is asked, edited, tried again and opened, nothing that was said is lost, and the path is a path", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = chance(seed);
    let conversation = talk(2);
    for (let count = 0; count < 40; count++) {
      const before = everythingSaid(conversation).filter((each) => !each.endsWith(": "));
      conversation = step(conversation, random, `${seed}-${count}`);

      const after = new Set(everythingSaid(conversation));
      assert.deepEqual(before.filter((each) => !after.has(each)), []);
      const nodes = nodesOf(conversation);
      assert.equal(new Set(nodes.map(({ exchange }) => exchange.id)).size, nodes.length);
      assert.deepEqual(pathOf(nodes), conversation);
      assert.ok(conversation.every(({ answer }) => isOver(answer)));
      const roles = messagesOf(conversation).map(({ role }) => role);
      assert.ok(roles.every((role, index) => role === (index % 2 ? "assistant" : "user")));
    }
  }
});

test("the arrows lead to every version, and back", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = chance(seed);
    let conversation = talk(1);
    for (let count = 0; count < 25; count++) conversation = step(conversation, random, `${seed}-${count}`);

    const seen = new Set();
    const open = [conversation];
    const visited = new Set();
    while (open.length) {
      const next = /** @type {Conversation} */ (open.pop());
      const path = next.map(({ id }) => id).join();
      if (visited.has(path)) continue;
      visited.add(path);
      for (const exchange of next) {
        seen.add(exchange.id);
        const { question, answer } = placesOf(exchange);
        for (const version of [question.previous, question.next, answer.previous, answer.next]) {
          if (version !== undefined) open.push(withVersionOpen(next, exchange.id, version));
        }
      }
    }
    assert.deepEqual([...seen].sort(), nodesOf(conversation).map(({ exchange }) => exchange.id).sort());
  }
});

test("the first of ten questions is edited three times: every version and all that followed is there on the way back", () => {
  let conversation = talk(10);
  for (const edit of ["Uno", "Eins", "Un"]) {
    conversation = answered(withQuestionAgain(conversation, conversation[0].id, edit, edit), `To ${edit}`);
    assert.deepEqual(said(conversation), [`${edit}: To ${edit}`]);
    assert.deepEqual(messagesOf(conversation)[0], { role: "user", content: edit });
  }
  assert.deepEqual(placesOf(conversation[0]).question, { position: 4, count: 4, previous: 2, next: undefined });

  const read = (/** @type {string} */ text) => {
    let count = 0;
    const reading = fromFile(text, () => `new${count++}`);
    assert.ok("conversations" in reading);
    return reading.conversations[0].exchanges;
  };
  const copies = [
    conversation,
    readStored(structuredClone(stored(conversation)))?.exchanges ?? [],
    read(asJson([stored(conversation)], 0)),
    read(asMarkdown([stored(conversation)], fileWords())),
  ];
  for (const copy of copies) {
    let back = copy;
    for (const edit of ["Un", "Eins", "Uno"]) {
      assert.deepEqual(said(back), [`${edit}: To ${edit}`]);
      back = firstBack(back);
    }
    assert.deepEqual(said(back), said(talk(10)));
    assert.equal(firstBack(back), back);
  }
});

test("other answers to the same words are versions of the answer, and other words are versions of the question", () => {
  const again = answered(withQuestionAgain(talk(2), "q0", "a", undefined), "Another");
  const edited = answered(withQuestionAgain(again, "a", "b", "Other words"), "Third");

  assert.deepEqual(placesOf(again[0]).answer, { position: 2, count: 2, previous: 0, next: undefined });
  assert.equal(placesOf(again[0]).question.count, 1);
  assert.deepEqual(placesOf(edited[0]).question, { position: 2, count: 2, previous: 1, next: undefined });
  assert.equal(placesOf(edited[0]).answer.count, 1);
});

test("a version that brought nothing can be undone, and what was asked after it stays", () => {
  const failed = refused(withQuestionAgain(talk(2), "q1", "x", "Other words"));
  assert.deepEqual(withVersionUndone(failed, "x"), talk(2));

  const later = answered(withQuestion(failed, "y", "And now?"), "Now");
  assert.deepEqual(messagesOf(later).map(({ content }) => content), ["Question 0", "Answer 0", "And now?", "Now"]);
  assert.deepEqual(said(withVersionUndone(later, "x")), [...said(talk(2)), "And now?: Now"]);
});

test("what two tabs did to the tree at once is all there", () => {
  for (let seed = 1; seed <= 80; seed++) {
    const random = chance(seed);
    let base = talk(2);
    for (let count = 0; count < 8; count++) base = step(base, random, `base${seed}-${count}`);
    let [ours, theirs] = [base, base];
    for (let count = 0; count < 4; count++) {
      ours = step(ours, random, `ours${seed}-${count}`);
      theirs = step(theirs, random, `theirs${seed}-${count}`);
    }
    const joined = merged(stored(base, 1), stored(ours, 1), structuredClone(stored(theirs, 2))).exchanges;

    const after = textsOf(joined);
    // the same exchange, asked again in its place by both: the one that is further along counts
    const isByBoth = (/** @type {string} */ id) => textsOf(base).has(id) && [ours, theirs].every((side) => textsOf(side).get(id) !== textsOf(base).get(id));
    const lost = [...textsOf(ours), ...textsOf(theirs)].filter(([id, text]) => text && !isByBoth(id) && after.get(id) !== text);
    assert.deepEqual(lost, [], `seed ${seed}`);
    const ids = nodesOf(joined).map(({ exchange }) => exchange.id);
    assert.equal(new Set(ids).size, ids.length, `seed ${seed}`);
    assert.deepEqual(pathOf(nodesOf(joined)), joined);
  }
});

test("an answer that is coming in stays on the path, whatever another tab has opened meanwhile", () => {
  const base = answered(withQuestionAgain(talk(2), "q0", "x", "Other words"), "Other");
  const theirs = withQuestion(base, "y", "And now?");
  const joined = merged(stored(base, 1), stored(firstBack(base), 1), stored(theirs, 2)).exchanges;

  assert.deepEqual(joined.map(({ id }) => id), ["x", "y"]);
  assert.deepEqual(said(firstBack(joined)), said(talk(2)));
});
