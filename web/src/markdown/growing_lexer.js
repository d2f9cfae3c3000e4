/**
 * Reads Markdown that grows at its end without reading a long list or table again and again: all its items or rows but
 * the last two are complete, and stay the very same objects.
 */

/** @typedef {{ type: string, raw: string }} Block */
/** @typedef {{ block: any, before: Block[], raw: string, opening: string }} Head */

/** The last part may still grow, and what is taken for the next may turn out to be inside it. */
const OPEN_PARTS = 2;

const PARTS = /** @type {Record<string, "items" | "rows">} */ ({ list: "items", table: "rows" });

/** @template {Block} T */
export class GrowingLexer {
  #lex;
  /** What is complete, as far as the last list or table. */
  #head = /** @type {Head | null} */ (null);

  /** @param {(markdown: string) => T[]} lex  blocks whose `raw` texts follow each other in the input */
  constructor(lex) {
    this.#lex = lex;
  }

  /**
   * @param {string} markdown
   * @returns {T[]} the same blocks as of `lex`
   */
  lex(markdown) {
    const blocks = this.#joined(markdown) ?? this.#lex(markdown);
    this.#head = headOf(markdown, blocks);
    return blocks;
  }

  /** The length of the beginning that will not be read again. */
  get completeLength() {
    return this.#head?.raw.length ?? 0;
  }

  // Internal

  /** @param {string} markdown @returns {T[] | null} null where the text is another, or ends the list or table within its last parts */
  #joined(markdown) {
    const head = this.#head;
    if (!head || !markdown.startsWith(head.raw)) return null;
    const [first, ...others] = this.#lex(head.opening + markdown.slice(head.raw.length));
    if (first?.type !== head.block.type) return null;
    const raw = head.block.raw + first.raw.slice(head.opening.length);
    return /** @type {T[]} */ ([...head.before, withParts(head.block, first, raw), ...others]);
  }
}

/**
 * @param {string} markdown
 * @param {Block[]} blocks
 * @returns {Head | null}
 */
function headOf(markdown, blocks) {
  const index = blocks.findLastIndex(({ type }) => type in PARTS);
  const block = /** @type {any} */ (blocks[index]);
  if (!block) return null;
  const parts = block[PARTS[block.type]].slice(0, -OPEN_PARTS);
  const lines = block.raw.split("\n").slice(0, 2 + parts.length);
  const isTable = block.type === "table";
  const raw = isTable ? `${lines.join("\n")}\n` : parts.map((/** @type {Block} */ { raw }) => raw).join("");
  const opening = isTable ? `${lines.slice(0, 2).join("\n")}\n` : "";
  const before = blocks.slice(0, index);
  const offset = before.reduce((sum, { raw }) => sum + raw.length, 0);
  // `raw` is the lexer's word: what is not literally in the source is not counted on
  if (parts.length === 0 || !markdown.startsWith(raw, offset)) return null;
  return { block: { ...block, raw, [PARTS[block.type]]: parts }, before, raw: markdown.slice(0, offset) + raw, opening };
}

/**
 * @param {any} block  the complete parts
 * @param {any} rest  those after them
 * @param {string} raw
 */
function withParts(block, rest, raw) {
  if (block.type === "table") return { ...block, raw, rows: [...block.rows, ...rest.rows] };
  // one item with a blank line spaces out all of them
  const loose = block.loose || rest.loose;
  const items = [...block.items, ...rest.items];
  return { ...block, raw, loose, items: loose ? items.map(loosened) : items };
}

/** @param {any} item */
function loosened(item) {
  if (item.loose) return item;
  const tokens = item.tokens.map((/** @type {Block} */ token) => (token.type === "text" ? { ...token, type: "paragraph" } : token));
  return { ...item, loose: true, tokens };
}
