import assert from "node:assert/strict";
import { test } from "node:test";
import { Linter } from "eslint";
import { visitorWords } from "../lint/visitor_words.mjs";

/** @param {string} code */
function isFound(code) {
  const config = { plugins: { nexus: { rules: { words: visitorWords } } }, rules: { "nexus/words": "error" } };
  return new Linter().verify(code, /** @type {any} */ (config)).length > 0;
}

test("what visitors read is found wherever it is not in the catalogue", () => {
  const outside = [
    'say("Something is wrong.");',
    'button.textContent = "Copied";',
    "say(`Imported: ${count}`);",
    "html`<p>Hello</p>`;",
    "html`<p class=${name}>until ${time}</p>`;",
    'html`<input aria-label="Search" />`;',
  ];
  const inside = [
    "html`<p class=\"note\">${words.HELLO}</p>`;",
    "html`<input aria-label=${words.SEARCH} type=\"search\" />`;",
    'if (event.key === "Escape") close();',
    'set("Content-Type", "text/event-stream");',
    "const address = `#/c/${id}`;",
  ];

  assert.deepEqual(outside.filter((code) => !isFound(code)), []);
  assert.deepEqual(inside.filter(isFound), []);
});
