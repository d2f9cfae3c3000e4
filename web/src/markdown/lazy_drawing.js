/**
 * Replaces text by a better drawing of it, made by a library that is fetched when the first text wants it.
 *
 * A drawing is remembered, so that an element that is made again while text arrives has it at once and nothing flickers.
 */

import { drawingQueue } from "./drawing_queue.js";

/** @typedef {import("./drawing_queue.js").Drawing} Drawing */

/** What is remembered; the oldest goes first. */
const MAX_DRAWINGS = 300;

/**
 * @template Draw  the function that the library gives
 * @implements {Drawing}
 */
export class LazyDrawing {
  isGrowing = false;

  #load;
  #make;
  #draw = /** @type {Draw | null} */ (null);
  #isLoading = false;
  #drawings = /** @type {Map<string, DocumentFragment | null>} */ (new Map());
  #waiting = /** @type {{ element: HTMLElement, key: string }[]} */ ([]);

  /**
   * @param {() => Promise<Draw>} load
   * @param {(draw: Draw, element: HTMLElement) => DocumentFragment | null} make  null where there is nothing better
   */
  constructor(load, make) {
    this.#load = load;
    this.#make = make;
  }

  // Actions

  /**
   * @param {HTMLElement} element
   * @param {string} key  the same for elements that look the same
   */
  want(element, key) {
    if (this.#drawings.has(key)) return this.#put(element, key);
    this.#waiting.push({ element, key });
    if (this.#draw) drawingQueue.want(this);
    else this.#fetch();
  }

  /** @param {() => boolean} isTimeUp */
  drawSome(isTimeUp) {
    do {
      const [wanted] = this.#waiting.splice(0, 1);
      if (!wanted) return true;
      const { element, key } = wanted;
      if (!this.#drawings.has(key)) this.#remember(key, this.#make(/** @type {Draw} */ (this.#draw), element));
      if (element.isConnected) this.#put(element, key);
    } while (!isTimeUp());
    return this.#waiting.length === 0;
  }

  // Internal

  async #fetch() {
    if (this.#isLoading) return;
    this.#isLoading = true;
    try {
      this.#draw = await this.#load();
      drawingQueue.want(this);
    } catch {
      // offline, perhaps: the text is readable as it is, and the next one tries again
      this.#waiting = [];
    }
    this.#isLoading = false;
  }

  /**
   * @param {string} key
   * @param {DocumentFragment | null} drawing
   */
  #remember(key, drawing) {
    this.#drawings.set(key, drawing);
    const [oldest] = this.#drawings.keys();
    if (this.#drawings.size > MAX_DRAWINGS) this.#drawings.delete(oldest);
  }

  /**
   * @param {HTMLElement} element
   * @param {string} key
   */
  #put(element, key) {
    const drawing = this.#drawings.get(key);
    if (drawing) element.replaceChildren(drawing.cloneNode(true));
    if (drawing) element.dataset.drawn = "true";
  }
}
