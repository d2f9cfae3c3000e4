/**
 * The part of typesetting that is fetched when it is needed.
 *
 * Commands that make links, load images or set attributes are not trusted, and what they are not to make is
 * taken out once more: only elements and attributes of MathML's own remain.
 */

import temml from "temml";

/**
 * Widths in em; macros that grow without end are given up.
 * @type {import("temml").Options}
 */
const OPTIONS = { trust: false, strict: false, throwOnError: true, maxSize: [20, 20], maxExpand: 200, annotate: false };

const ELEMENTS = new Set(
  (
    "math merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt mstyle " +
    "msub msubsup msup mtable mtd mtext mtr munder munderover none menclose semantics span"
  ).split(" "),
);
const ATTRIBUTE =
  /^(?:accent|accentunder|class|columnalign|columnlines|columnspacing|depth|dir|display|displaystyle|fence|form|height|largeop|linethickness|lspace|mathbackground|mathcolor|mathsize|mathvariant|maxsize|minsize|movablelimits|notation|rowalign|rowlines|rowspacing|rspace|scriptlevel|separator|side|stretchy|style|symmetric|voffset|width|xmlns)$/;

/**
 * @param {string} tex
 * @param {boolean} isDisplay
 * @returns {DocumentFragment | null} null where it is not TeX that we can typeset
 */
export function typeset(tex, isDisplay) {
  const box = document.createElement("span");
  try {
    temml.render(tex, box, { ...OPTIONS, displayMode: isDisplay });
  } catch {
    return null;
  }
  const fragment = document.createDocumentFragment();
  fragment.append(...box.childNodes);
  for (const element of fragment.querySelectorAll("*")) clean(element);
  return fragment;
}

/** @param {Element} element */
function clean(element) {
  if (!ELEMENTS.has(element.localName)) return element.replaceWith(element.textContent ?? "");
  for (const name of element.getAttributeNames()) if (!ATTRIBUTE.test(name)) element.removeAttribute(name);
}
