/** What the linter adds to the type checker. Each rule beyond the recommended ones says why it is here. */

import js from "@eslint/js";
import globals from "globals";
import { visitorWords } from "./lint/visitor_words.mjs";

/** Ways from text to running code or to elements: the page's policy forbids them, and this says so earlier. */
const FORBIDDEN = ["innerHTML", "outerHTML", "insertAdjacentHTML", "dangerouslySetInnerHTML", "srcdoc"].map((name) => ({
  selector: `:matches(MemberExpression[property.name="${name}"], Property[key.name="${name}"])`,
  message: "Text becomes elements in markdown/markdown.js only.",
}));

/** What depends on nothing but its arguments. */
const PURE = ["src/core/**", "src/worker/shell.js", "src/markdown/{blocks,bounds,growing_lexer,languages,links,math,notation,open_markers}.js"];

/** What would tie it to a clock, a network or a page. */
const IMPURE = ["document", "window", "navigator", "fetch", "setTimeout", "setInterval", "requestAnimationFrame", "performance"];

/** The rooms of `src/`, and the others that each may import from: everything points to the core. */
const MAY_IMPORT = {
  words: [],
  core: [],
  edge: ["core", "words"],
  app: ["core", "words"],
  embed: ["core", "styles", "words"],
  markdown: ["core", "edge", "styles", "words"],
  page: ["app", "core", "edge", "markdown", "styles", "words"],
  status: ["core", "words"],
  worker: ["core"],
};

/**
 * What each room must not import of Preact.
 * @type {Record<string, string>}
 */
const OF_PREACT = { words: "^@?preact", core: "^@?preact", embed: "^@?preact", markdown: "^@?preact", status: "^@?preact", worker: "^@?preact", app: "^preact", edge: "^preact" };

export default [
  { ignores: ["dist/", "node_modules/"] },
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2025, sourceType: "module" },
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
    files: ["src/**"],
    ignores: ["src/words/**"],
    plugins: { nexus: { rules: { "visitor-words": visitorWords } } },
    rules: { "nexus/visitor-words": "error" }, // one place to read them aloud, and to translate them
  },
  { files: ["src/edge/config.js"], rules: { "no-console": ["error", { allow: ["warn"] }] } }, // operators look for their mistakes there
  { files: ["src/words/**"], rules: { "max-lines": "off" } }, // a catalogue is as long as what there is to say
  {
    files: PURE,
    rules: {
      "no-restricted-globals": ["error", ...IMPURE], // time and input are arguments there
      "no-restricted-properties": [
        "error",
        { object: "Date", property: "now", message: "Time is an argument here." },
        { object: "Math", property: "random", message: "Chance is an argument here." },
      ],
    },
  },
  ...Object.entries(MAY_IMPORT).map(([room, others]) => ({
    files: [`src/${room}/**`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            { regex: `^\\.\\./(?!(?:${[room, ...others].join("|")})/)`, message: `What ${room}/ may import is in MAY_IMPORT.` },
            ...(room in OF_PREACT ? [{ regex: OF_PREACT[room], message: "Components are in page/, signals there, in app/ and in edge/." }] : []),
          ],
        },
      ],
    },
  })),
  { files: ["tests/**", "build/**", "lint/**", "*.mjs", "*.js"], languageOptions: { globals: globals.node }, rules: { "no-console": "off" } },
];
