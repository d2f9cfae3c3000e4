/** Makes an operator's colour readable in both themes: the colour itself where it has contrast, else the nearest that has. */

/** In each theme the surface on which a colour is hardest to read, as in `styles/tokens.css`. */
export const TINT = Object.freeze({ light: "#eff1ee", dark: "#22262a" });

/** What an operator may write. */
export const COLOUR = /^#([\da-f]{3}|[\da-f]{6})$/i;

/** For text, by WCAG 2.2 (1.4.3). */
const LEAST_CONTRAST = 4.5;
const STEPS = 50;

/** @typedef {readonly number[]} Rgb  red, green and blue from 0 to 255 */

/**
 * @param {string} colour  `#rgb` or `#rrggbb`
 * @returns {{ light: string, dark: string }} a colour for each theme
 */
export function accentOf(colour) {
  const rgb = rgbOf(colour);
  return { light: readableOn(rgbOf(TINT.light), rgb, [0, 0, 0]), dark: readableOn(rgbOf(TINT.dark), rgb, [255, 255, 255]) };
}

/**
 * @param {Rgb} one
 * @param {Rgb} other
 * @returns {number} the contrast ratio of WCAG 2.2, from 1 to 21
 */
export function contrastOf(one, other) {
  const [darker, lighter] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/** @param {string} colour  `#rgb` or `#rrggbb` @returns {Rgb} */
export function rgbOf(colour) {
  const digits = colour.length === 4 ? colour.replace(/[^#]/g, "$&$&") : colour;
  return [1, 3, 5].map((at) => parseInt(digits.slice(at, at + 2), 16));
}

/**
 * @param {Rgb} surface
 * @param {Rgb} rgb
 * @param {Rgb} end  black or white, which is always readable there
 */
function readableOn(surface, rgb, end) {
  let mixed = rgb;
  for (let step = 1; contrastOf(mixed, surface) < LEAST_CONTRAST; step++) {
    mixed = rgb.map((value, index) => Math.round(value + ((end[index] - value) * step) / STEPS));
  }
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

/** @param {Rgb} rgb  relative luminance, as WCAG 2.2 defines it */
function luminanceOf(rgb) {
  const [red, green, blue] = rgb.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
