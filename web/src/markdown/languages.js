/** The languages whose code gets colours, by every name that they are given. */

/** @type {Record<string, string>} */
const NAMES = {
  bash: "bash sh shell zsh console",
  cpp: "cpp c c++ h hpp cc",
  csharp: "csharp c# cs",
  css: "css",
  diff: "diff patch",
  go: "go golang",
  java: "java",
  javascript: "javascript js jsx mjs cjs node",
  json: "json json5 jsonc",
  python: "python py python3",
  rust: "rust rs",
  sql: "sql mysql postgres postgresql sqlite",
  typescript: "typescript ts tsx mts cts",
  xml: "xml html svg xhtml",
  yaml: "yaml yml",
};

/** Colouring costs two to three microseconds a character, in one piece: more would be felt. */
export const MAX_HIGHLIGHTED_CHARS = 8_000;

const BY_NAME = new Map(Object.entries(NAMES).flatMap(([language, names]) => names.split(" ").map((name) => [name, language])));

/**
 * @param {string} name  as written after the fence
 * @param {string} code
 * @returns {string | null} what to colour it as, or null for not at all
 */
export function highlightingOf(name, code) {
  return code.length <= MAX_HIGHLIGHTED_CHARS ? (BY_NAME.get(name.toLowerCase()) ?? null) : null;
}
