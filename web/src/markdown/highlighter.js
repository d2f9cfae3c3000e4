/** The part of highlighting that is fetched when it is needed. Spans are made one by one: no text is parsed as HTML. */

import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import cpp from "highlight.js/lib/languages/cpp";
import csharp from "highlight.js/lib/languages/csharp";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import go from "highlight.js/lib/languages/go";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import python from "highlight.js/lib/languages/python";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";

/** @typedef {{ scope?: string, children: (string | Scope)[] }} Scope  a node of highlight.js's token tree */

const LANGUAGES = { bash, cpp, csharp, css, diff, go, java, javascript, json, python, rust, sql, typescript, xml, yaml };
for (const [name, language] of Object.entries(LANGUAGES)) hljs.registerLanguage(name, language);

/**
 * @param {string} code
 * @param {string} language  one of the above
 */
export function highlighted(code, language) {
  const result = hljs.highlight(code, { language, ignoreIllegals: true });
  const fragment = document.createDocumentFragment();
  // the tree is not in the public types, but the version is pinned, and `value` would have to be parsed as HTML
  const { rootNode } = /** @type {{ rootNode: Scope }} */ (/** @type {unknown} */ (result._emitter));
  append(fragment, rootNode);
  return fragment.textContent === code ? fragment : null;
}

/**
 * @param {Node} parent
 * @param {Scope} scope
 */
function append(parent, { children }) {
  for (const child of children) {
    if (typeof child === "string") parent.appendChild(document.createTextNode(child));
    else {
      const span = document.createElement("span");
      // "title.function" is a kind of title
      if (child.scope) span.className = `hl-${child.scope.replaceAll(".", " hl-")}`;
      append(span, child);
      parent.appendChild(span);
    }
  }
}
