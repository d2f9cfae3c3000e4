import assert from "node:assert/strict";
import { test } from "node:test";
import { plainText } from "../src/markdown/plain_text.js";

test("what was marked is left, without its marks", () => {
  const cases = [
    ["# One *two*", "One two"],
    ["a **b** `c*d` ~~e~~", "a b c*d e"],
    ["one\n\ntwo  \nthree", "one\n\ntwo\nthree"],
    ["- a\n- b\n  - c\n    more", "- a\n- b\n  - c\n    more"],
    ["3. a\n4. b", "3. a\n4. b"],
    ["- [x] done\n- [ ] open", "- ☑ done\n- ☐ open"],
    ["> said", "said"],
    ["```js\nlet a = 1;\n```", "let a = 1;"],
    ["| a | b |\n| - | - |\n| 1 | **2** |", "a\tb\n1\t2"],
    ["[here](https://a.example/b) and https://c.example", "here (https://a.example/b) and https://c.example"],
    ["x < y &amp; z, \\*a\\*", "x < y & z, *a*"],
    ["it is $x^2$", "it is x^2"],
    ["a<br>b", "a\nb"],
    ["", ""],
  ];
  for (const [markdown, text] of cases) assert.equal(plainText(markdown), text, markdown);
});

test("code, addresses and bullets are not spoken", () => {
  const markdown = "See [here](https://a.example).\n\n```\ncode\n```\n\n- one\n- two";

  assert.equal(plainText(markdown, { isSpoken: true }), "See here.\n\none\ntwo");
});
