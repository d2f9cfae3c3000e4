/**
 * The info button beside an answer's name, and the tooltip that says which model answered.
 *
 * It opens on hover, focus and tap; it stays while the pointer or the focus is on it, and Escape closes it
 * without moving either (WCAG 1.4.13).
 */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { DEVICE } from "../core/answer.js";
import { filled } from "../words/filled.js";
import { words } from "../words/words.js";
import { html } from "./html.js";
import { InfoIcon } from "./icons.js";

/** @param {{ id: string, models: readonly string[] }} props */
export function ModelInfo({ id, models }) {
  const [isOpen, setOpen] = useState(false);
  const wasOpenAtPress = useRef(false);
  const box = useRef(/** @type {HTMLElement | null} */ (null));

  useLayoutEffect(() => {
    if (!isOpen) return;
    /** @param {KeyboardEvent} event */
    const closeOnEscape = (event) => {
      if (event.key === "Escape") setOpen(false);
    };
    /** @param {PointerEvent} event */
    const closeOnPressElsewhere = (event) => {
      if (!box.current?.contains(/** @type {Node} */ (event.target))) setOpen(false);
    };
    document.addEventListener("keydown", closeOnEscape);
    document.addEventListener("pointerdown", closeOnPressElsewhere);
    return () => {
      document.removeEventListener("keydown", closeOnEscape);
      document.removeEventListener("pointerdown", closeOnPressElsewhere);
    };
  }, [isOpen]);

  /** @param {PointerEvent} event */
  const onPress = (event) => {
    wasOpenAtPress.current = isOpen && event.pointerType !== "mouse";
  };
  const onClick = () => {
    setOpen(!wasOpenAtPress.current);
    wasOpenAtPress.current = false;
  };
  /** @param {PointerEvent} event */
  const onEnter = (event) => event.pointerType === "mouse" && setOpen(true);
  /** @param {PointerEvent} event */
  const onLeave = (event) => {
    const hasFocus = box.current?.contains(document.activeElement);
    if (event.pointerType === "mouse" && !hasFocus) setOpen(false);
  };

  return html`
    <span class="model-info" ref=${box} onPointerEnter=${onEnter} onPointerLeave=${onLeave}>
      <button
        type="button"
        aria-label=${words.ABOUT_MODEL}
        aria-describedby=${id}
        onPointerDown=${onPress}
        onClick=${onClick}
        onFocus=${() => setOpen(true)}
        onBlur=${() => setOpen(false)}
      >
        <${InfoIcon} />
      </button>
      <span role="tooltip" id=${id} hidden=${!isOpen}><span>${sentence(models)}</span></span>
    </span>
  `;
}

/** @param {readonly string[]} models */
function sentence(models) {
  const names = models.map((name) => (name === DEVICE ? words.THIS_DEVICE : name));
  const [first] = names;
  const last = names.at(-1) ?? first;
  return models.length > 1 ? filled(words.CHANGED_MODEL, { first, last }) : filled(words.ANSWERED_BY, { model: first });
}
