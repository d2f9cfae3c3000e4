/** The elements of an answer, block by block: what looks the same as before stays the same element. */

import { elementsOf } from "./markdown.js";

/** @typedef {import("./markdown_source.js").Source} Source */

/**
 * @typedef {object} Block
 * @property {Source} source
 * @property {Element[]} elements  at the top of the answer
 * @property {Element[][]} parts  those of each part
 * @property {Element | null} holder  of the parts, inside a shell
 */

/** Where the parts of a shell are put. */
const HOLDER = "tbody:empty, ul, ol";

export class BlockList {
  #box;
  #blocks = /** @type {Block[]} */ ([]);

  /** @param {HTMLElement} box */
  constructor(box) {
    this.#box = box;
  }

  /**
   * @param {number} index  of a block that is there, or of the next one
   * @param {Source} source
   * @param {() => boolean} isTimeUp  after which a long list or table waits for the next call
   * @returns {boolean} whether all of the block is there
   */
  set(index, source, isTimeUp) {
    const old = this.#blocks[index];
    if (!old) this.#blocks.push(this.#place(source, null));
    else if (old.source.shell !== source.shell) this.#replace(index, source);
    else if (!source.shell && old.source.parts[0] !== source.parts[0] && !extendCode(old, source)) this.#replace(index, source);
    return updateParts(this.#blocks[index], source, isTimeUp);
  }

  /** @param {number} count  of blocks that stay, from the first */
  truncate(count) {
    for (const block of this.#blocks.splice(count)) for (const element of block.elements) element.remove();
  }

  // Internal

  /**
   * @param {number} index
   * @param {Source} source
   */
  #replace(index, source) {
    const old = this.#blocks[index];
    const next = old.elements.at(-1)?.nextSibling ?? this.#blocks.slice(index + 1).find(({ elements }) => elements.length)?.elements[0];
    for (const element of old.elements) element.remove();
    this.#blocks[index] = this.#place(source, next ?? null);
  }

  /**
   * @param {Source} source
   * @param {Node | null} next
   * @returns {Block}
   */
  #place(source, next) {
    const fragment = elementsOf(source.shell || source.parts[0]);
    const holder = source.shell ? fragment.querySelector(HOLDER) : null;
    const block = { source: holder ? { ...source, parts: [] } : source, elements: [...fragment.children], parts: [], holder };
    this.#box.insertBefore(fragment, next);
    return block;
  }
}

/**
 * @param {Block} block
 * @param {Source} source
 * @param {() => boolean} isTimeUp
 */
function updateParts(block, source, isTimeUp) {
  const { holder, parts } = block;
  if (!holder) return true;
  const shown = [...block.source.parts];
  for (const [index, html] of source.parts.entries()) {
    if (shown[index] === html) continue;
    const elements = [...elementsOf(html).children];
    const [first, ...others] = parts[index] ?? [];
    if (first) first.replaceWith(...elements);
    else holder.append(...elements);
    for (const other of others) other.remove();
    parts[index] = elements;
    shown[index] = html;
    if (isTimeUp()) break;
  }
  for (const elements of parts.splice(source.parts.length)) for (const element of elements) element.remove();
  block.source = { ...source, parts: shown.slice(0, source.parts.length) };
  return block.source.parts.length === source.parts.length && source.parts.every((html, index) => shown[index] === html);
}

/**
 * Code that is still coming in grows where it is.
 * @param {Block} block
 * @param {Source} source
 */
function extendCode(block, source) {
  const { growing = "" } = block.source;
  const text = block.elements[0]?.querySelector("code")?.firstChild;
  if (!growing || !source.growing?.startsWith(growing) || !(text instanceof Text)) return false;
  text.appendData(source.growing.slice(growing.length));
  block.source = source;
  return true;
}
