/**
 * The versions of a question and of an answer. A conversation is a tree, and what is shown and sent is its open path.
 *
 * 1. An exchange of the path has its other versions beside it. Each is a branch: the other version, then what followed it.
 *    A branch is a path itself, whose exchanges have versions of their own.
 * 2. A new version comes last, and opens. Nothing that brought something is replaced.
 * 3. For files, and for what two tabs have changed, the tree is a list: `nodesOf`, and back: `pathOf`.
 */

/** @typedef {import("./conversation.js").Conversation} Conversation */
/** @typedef {import("./conversation.js").Exchange} Exchange */
/** @typedef {{ earlier: readonly Conversation[], later: readonly Conversation[] }} Versions  beside the open one, each a branch */
/** @typedef {{ position: number, count: number, previous?: number, next?: number }} Place  from 1; and which versions are beside it */

/**
 * @typedef {object} Node
 * @property {Exchange} exchange  without versions
 * @property {string | null} parent  the exchange that it follows; null: it begins the conversation
 * @property {number} version  its place among those with the same parent
 */

/**
 * @param {Conversation} conversation
 * @param {string} id  of the exchange that gets another version, which ends the path
 * @param {Exchange} next
 * @returns {Conversation}
 */
export function withVersion(conversation, id, next) {
  const index = indexOf(conversation, id);
  if (index < 0) return conversation;
  const versions = { earlier: branchesAt(conversation, index), later: [] };
  return [...conversation.slice(0, index), { ...next, versions }];
}

/**
 * @param {Conversation} conversation
 * @param {string} id
 * @param {number} version  the one that opens in its place, from 0
 * @returns {Conversation}
 */
export function withVersionOpen(conversation, id, version) {
  const index = indexOf(conversation, id);
  const branches = index < 0 ? [] : branchesAt(conversation, index);
  return branches[version] ? [...conversation.slice(0, index), ...opened(branches, version)] : conversation;
}

/**
 * Takes an exchange away. The version before it opens, and what followed it stays after that.
 * @param {Conversation} conversation
 * @param {string} id
 * @returns {Conversation}
 */
export function withoutVersion(conversation, id) {
  const index = indexOf(conversation, id);
  if (index < 0) return conversation;
  const { earlier, later } = beside(conversation[index]);
  const others = [...earlier, ...later];
  const inItsPlace = others.length ? opened(others, Math.max(0, earlier.length - 1)) : [];
  return [...conversation.slice(0, index), ...inItsPlace, ...conversation.slice(index + 1)];
}

/**
 * Where an exchange stands among the versions of its question, and among the answers to the same words.
 * @param {Exchange} exchange
 * @returns {{ question: Place, answer: Place }}
 */
export function placesOf(exchange) {
  const { earlier, later } = beside(exchange);
  const questions = [...earlier.map(([{ question }]) => question), exchange.question, ...later.map(([{ question }]) => question)];
  const distinct = [...new Set(questions)];
  const position = distinct.indexOf(exchange.question);
  const latest = (/** @type {number} */ at) => (distinct[at] === undefined ? undefined : questions.lastIndexOf(distinct[at]));
  const answers = questions.flatMap((question, version) => (question === exchange.question ? [version] : []));
  const answer = answers.indexOf(earlier.length);
  return {
    question: { position: position + 1, count: distinct.length, previous: latest(position - 1), next: latest(position + 1) },
    answer: { position: answer + 1, count: answers.length, previous: answers[answer - 1], next: answers[answer + 1] },
  };
}

/** The same for all versions: what they have in common in the drawing. @param {Exchange} exchange */
export function firstVersionId(exchange) {
  return beside(exchange).earlier[0]?.[0].id ?? exchange.id;
}

/**
 * Every exchange of the tree. The open path comes first, then each branch in the same way: of the exchanges with one
 * parent, the first in the list is open.
 * @param {Conversation} conversation
 * @param {string | null} [parent]
 * @param {number} [version]  of the first exchange, where it is not open
 * @returns {Node[]}
 */
export function nodesOf(conversation, parent = null, version) {
  const path = conversation.map((exchange, index) => ({
    exchange: alone(exchange),
    parent: index === 0 ? parent : conversation[index - 1].id,
    version: (index === 0 && version) || beside(exchange).earlier.length + 1,
  }));
  const branches = conversation.flatMap((exchange, index) => {
    const { earlier, later } = beside(exchange);
    const open = earlier.length + 1;
    return [
      ...earlier.flatMap((branch, at) => nodesOf(branch, path[index].parent, at + 1)),
      ...later.flatMap((branch, at) => nodesOf(branch, path[index].parent, open + at + 1)),
    ];
  });
  return [...path, ...branches];
}

/**
 * @param {readonly Node[]} nodes  with the parent of each, and no circle
 * @returns {Conversation}
 */
export function pathOf(nodes) {
  const children = /** @type {Map<string | null, Node[]>} */ (new Map());
  for (const node of nodes) children.set(node.parent, [...(children.get(node.parent) ?? []), node]);
  /** @param {string | null} parent @returns {Exchange[]} */
  const pathAfter = (parent) => {
    const path = /** @type {Exchange[]} */ ([]);
    for (let beside = children.get(parent); beside; beside = children.get(path[path.length - 1].id)) {
      const [open] = beside;
      const inOrder = beside.toSorted((a, b) => a.version - b.version);
      const at = inOrder.indexOf(open);
      const branches = (/** @type {Node[]} */ others) => others.map(({ exchange }) => [exchange, ...pathAfter(exchange.id)]);
      const versions = { earlier: branches(inOrder.slice(0, at)), later: branches(inOrder.slice(at + 1)) };
      path.push(beside.length > 1 ? { ...open.exchange, versions } : open.exchange);
    }
    return path;
  };
  return pathAfter(null);
}

/** @param {Exchange} exchange @returns {Versions} */
function beside({ versions }) {
  return versions ?? { earlier: [], later: [] };
}

/** @param {Conversation} conversation @param {number} index @returns {readonly Conversation[]} all versions there, the open one among them */
function branchesAt(conversation, index) {
  const { earlier, later } = beside(conversation[index]);
  return [...earlier, [alone(conversation[index]), ...conversation.slice(index + 1)], ...later];
}

/** @param {readonly Conversation[]} branches @param {number} version @returns {Conversation} */
function opened(branches, version) {
  const [first, ...rest] = branches[version];
  const versions = { earlier: branches.slice(0, version), later: branches.slice(version + 1) };
  return [branches.length > 1 ? { ...first, versions } : first, ...rest];
}

/** @param {Exchange} exchange @returns {Exchange} */
function alone(exchange) {
  if (!exchange.versions) return exchange;
  const one = { ...exchange };
  delete one.versions;
  return one;
}

/** @param {Conversation} conversation @param {string} id */
function indexOf(conversation, id) {
  return conversation.findIndex((exchange) => exchange.id === id);
}
