/** What two tabs have made of one conversation, joined. */

import { isLive, isOver } from "./answer.js";
import { nodesOf, pathOf } from "./versions.js";

/** @typedef {import("./conversation.js").Conversation} Conversation */
/** @typedef {import("./conversation.js").Exchange} Exchange */

/**
 * @param {Conversation} base  the last version that both have seen
 * @param {Conversation} ours
 * @param {Conversation} theirs
 * @returns {Conversation} everything that either has added, and nothing that either has taken away
 */
export function mergedExchanges(base, ours, theirs) {
  const [isOursTurned, isTheirsTurned] = [ours, theirs].map((side) => hasTurned(base, side));
  if (!isOursTurned && !isTheirsTurned) return mergedPaths(base, ours, theirs);
  // the open path is that of the tab in which another version was opened, unless an answer is coming in on the other one
  const isOursOpen = isOursTurned && !theirs.some(({ answer }) => isLive(answer));
  return isOursOpen ? mergedTrees(base, ours, theirs) : mergedTrees(base, theirs, ours);
}

/** Whether something of the path is in another branch by now, or the other way round. @param {Conversation} base @param {Conversation} side */
function hasTurned(base, side) {
  return isAsideIn(side, base) || isAsideIn(base, side);
}

/** Whether something of the path is in another branch there. @param {Conversation} tree @param {Conversation} path */
function isAsideIn(tree, path) {
  const ids = new Set(path.map(({ id }) => id));
  return nodesOf(tree).slice(tree.length).some(({ exchange }) => ids.has(exchange.id));
}

/**
 * @param {Conversation} base
 * @param {Conversation} ours
 * @param {Conversation} theirs
 * @returns {Conversation} in their order, and then what was added here
 */
function mergedPaths(base, ours, theirs) {
  const [before, here, there] = [base, ours, theirs].map((all) => new Map(all.map((exchange) => [exchange.id, exchange])));
  const added = ours.filter(({ id }) => !before.has(id) && !there.has(id));
  const shared = theirs.filter(({ id }) => here.has(id) || !before.has(id));
  return [...shared.map((exchange) => mergedExchange(before.get(exchange.id), here.get(exchange.id), exchange)), ...added];
}

/**
 * @param {Conversation} base
 * @param {Conversation} open  whose path stays open
 * @param {Conversation} other
 * @returns {Conversation}
 */
function mergedTrees(base, open, other) {
  const [before, here, there] = [base, open, other].map((side) => new Map(nodesOf(side).map((node) => [node.exchange.id, node])));
  const all = new Map([...there, ...here]);
  // what one side took away is gone, unless the other has changed it
  const isKept = (/** @type {string} */ id) => {
    const [one, another] = [here, there].flatMap((side) => side.get(id)?.exchange ?? []);
    return !before.has(id) || (one && (another || !isSame(one, before.get(id)?.exchange)));
  };
  const parentOf = (/** @type {string | null} */ parent) => {
    while (parent !== null && !isKept(parent)) parent = all.get(parent)?.parent ?? null;
    return parent;
  };
  const nodes = [...here.values(), ...[...there.values()].filter(({ exchange }) => !here.has(exchange.id))];
  const kept = nodes.filter(({ exchange }) => isKept(exchange.id)).map((node) => {
    const [old, ours, theirs] = [before, here, there].map((side) => side.get(node.exchange.id)?.exchange);
    return { ...node, parent: parentOf(node.parent), exchange: theirs ? mergedExchange(old, ours, theirs) : node.exchange };
  });
  return pathOf(kept);
}

/**
 * @param {Exchange | undefined} base
 * @param {Exchange | undefined} ours
 * @param {Exchange} theirs
 */
function mergedExchange(base, ours, theirs) {
  if (!ours || isSame(ours, base)) return theirs;
  if (isSame(theirs, base)) return ours;
  return isFurther(theirs, ours) ? theirs : ours;
}

/** Objects that were cloned on their way are compared by what they hold. @param {Exchange} one @param {Exchange | undefined} other */
function isSame(one, other) {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

/** @param {Exchange} one @param {Exchange} other */
function isFurther({ attempt, answer }, other) {
  if (attempt !== other.attempt) return attempt > other.attempt;
  if (isOver(answer) !== isOver(other.answer)) return isOver(answer);
  return answer.text.length > other.answer.text.length;
}
