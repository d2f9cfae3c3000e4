/** Finds what visitors read outside of the catalogues in `src/words`. */

/** What begins like a sentence: a capital letter, small ones, and perhaps more. */
const SENTENCE = /^\s*[A-Z][a-z]+(?:[ ,.:;!?…'’]|$)/;
const LETTERS = /[A-Za-z]{2}/;
const TAG = /<[^>]*>/g;
const WORDED_ATTRIBUTE = /\b(?:aria-label|placeholder|title|alt)="[^"]*[A-Za-z]{2}/;
/** Names of keys and headers are the browser's words, not ours. */
const NAMES = new Set(["Accept", "Array", "End", "Enter", "Esc", "Escape", "Files", "Home", "Shift", "Ctrl", "Highlight"]);
/** Stands for an expression in a template. */
const SLOT = "\u0000";

/** @type {import("eslint").Rule.RuleModule} */
export const visitorWords = {
  meta: { type: "problem", schema: [], messages: { outside: "Put what visitors read into src/words." } },
  create(context) {
    /** @param {import("estree").Node} node @param {string} text */
    const check = (node, text) => {
      if (SENTENCE.test(text) && !NAMES.has(text)) context.report({ node, messageId: "outside" });
    };
    return {
      Literal(node) {
        if (typeof node.value === "string") check(node, node.value);
      },
      TemplateLiteral(node) {
        if (node.parent.type !== "TaggedTemplateExpression") check(node, node.quasis[0].value.raw);
      },
      TaggedTemplateExpression(node) {
        const markup = node.quasi.quasis.map(({ value }) => value.raw).join(SLOT);
        const isWorded = LETTERS.test(markup.replace(TAG, "")) || WORDED_ATTRIBUTE.test(markup);
        if (isWorded) context.report({ node, messageId: "outside" });
      },
    };
  },
};
