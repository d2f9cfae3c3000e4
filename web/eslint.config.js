/** What the linter adds to the type checker. Each rule beyond the recommended ones says why it is here. */

import js from "@eslint/js";
import globals from "globals";

/** Ways from text to running code or to elements: the page's policy forbids them, and this says so earlier. */
const FORBIDDEN = ["innerHTML", "outerHTML", "insertAdjacentHTML", "dangerouslySetInnerHTML", "srcdoc"].map((name) => ({
  selector: `:matches(MemberExpression[property.name="${name}"], Property[key.name="${name}"])`,
  message: "Text becomes elements in page/markdown.js only.",
}));

/** What would tie the core to a clock, a network or a page. */
const IMPURE = ["document", "window", "navigator", "fetch", "setTimeout", "setInterval", "requestAnimationFrame", "performance"];

export default [
  { ignores: ["dist/", "node_modules/"] },
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2023, sourceType: "module" },
    rules: {
      curly: ["error", "multi-line"], // an early return fits on one line
      eqeqeq: "error", // == converts
      "no-console": "error", // visitors' consoles are not our log
      "no-restricted-syntax": ["error", ...FORBIDDEN],
      "no-var": "error", // scopes end where blocks do
      "prefer-const": "error", // what changes should look like it
      "max-lines": ["error", 200], // a file does one thing
    },
  },
  { files: ["src/**"], languageOptions: { globals: globals.browser } },
  {
    files: ["src/core/**"],
    rules: {
      "no-restricted-globals": ["error", ...IMPURE], // time and input are arguments in the core
      "no-restricted-properties": [
        "error",
        { object: "Date", property: "now", message: "Time is an argument in the core." },
        { object: "Math", property: "random", message: "Chance is an argument in the core." },
      ],
      "no-restricted-imports": ["error", { patterns: ["../edge/*", "../page/*", "preact", "preact/*", "@preact/*"] }],
    },
  },
  { files: ["tests/**", "build/**", "*.mjs", "*.js"], languageOptions: { globals: globals.node }, rules: { "no-console": "off" } },
];
