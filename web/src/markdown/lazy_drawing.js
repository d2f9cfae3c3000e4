/**
 * Replaces text by a better drawing of it, made by a library that is fetched when the first text wants it.
 *
 * A drawing is remembered, so that an element that is made again while text arrives has it at once and nothing flickers.
 * New drawings are made one at a time, between other work.
 */

/** What is remembered; the oldest goes first. */
const MAX_DRAWINGS = 300;

/** @template Draw  the function that the library gives */
export class LazyDrawing {
  #load;
  #make;
  #draw = /** @type {Draw | null} */ (null);
  #isLoading = false;
  #isWorking = false;
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

  /**
   * @param {HTMLElement} element
   * @param {string} key  the same for elements that look the same
   */
  want(element, key) {
    if (this.#drawings.has(key)) return this.#put(element, key);
    this.#waiting.push({ element, key });
    if (this.#draw) this.#work();
    else this.#fetch();
  }

  // Internal

  async #fetch() {
    if (this.#isLoading) return;
    this.#isLoading = true;
    try {
      this.#draw = await this.#load();
      this.#work();
    } catch {
      // offline, perhaps: the text is readable as it is, and the next one tries again
      this.#waiting = [];
    }
    this.#isLoading = false;
  }

  #work() {
    if (this.#isWorking || this.#waiting.length === 0) return;
    this.#isWorking = true;
    setTimeout(() => {
      this.#isWorking = false;
      const [{ element, key }] = this.#waiting.splice(0, 1);
      if (!this.#drawings.has(key)) this.#remember(key, this.#make(/** @type {Draw} */ (this.#draw), element));
      if (element.isConnected) this.#put(element, key);
      this.#work();
    });
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
