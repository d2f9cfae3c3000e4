/** What is loaded only where an operator has made the page their own. */

import { accentOf } from "./core/accent.js";
import { brandingOf } from "./core/branding.js";
import { PAPER } from "./core/theme.js";
import { branding } from "./page/branding.js";

/**
 * @param {Record<string, unknown>} own  what `config.json` says
 * @param {(key: string, value: unknown) => void} ignore  is told of each value that cannot be used
 */
export function showBranding(own, ignore) {
  const usable = brandingOf(own, document.baseURI, ignore);
  const languages = Object.fromEntries(Object.keys(usable).map((key) => [key, usable.language]));
  branding.value = { ...branding.value, ...usable, languages };
  if (usable.accent) showAccent(usable.accent);
}

/** @param {string} accent */
function showAccent(accent) {
  const { light, dark } = accentOf(accent);
  const { style } = document.documentElement;
  style.setProperty("--accent", `light-dark(${light}, ${dark})`);
  style.setProperty("--on-accent", `light-dark(#ffffff, ${PAPER.dark})`);
}
