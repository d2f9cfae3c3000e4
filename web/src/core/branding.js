/** What an operator may make their own in `config.json`. A value that cannot be used is reported and left out. */

import { COLOUR } from "./accent.js";

/** @typedef {"privacy" | "terms" | "imprint"} LinkName */

/**
 * @typedef {object} Branding
 * @property {string} name
 * @property {string} tagline
 * @property {string} [language]  of these texts, as in BCP 47
 * @property {string} [accent]  `#rgb` or `#rrggbb`
 * @property {string} [logo]  address of an image
 * @property {readonly string[]} starters
 * @property {string} notice
 * @property {Partial<Record<LinkName, string>>} links  addresses
 */

/** @typedef {(value: any, base: string) => any} Reader  gives undefined for what cannot be used */

const MOST_STARTERS = 8;
const LONGEST_LOGO = 100_000;
/** Without SVG, which can hold scripts. */
const EMBEDDED_IMAGE = /^data:image\/(png|jpeg|webp|gif|avif);base64,[\w+/=]+$/;

/** Control characters, and those that turn the direction of what follows: a name could read as another. */
const MISLEADING = /[\p{Cc}\u202d\u202e]/u;
/** Anything but spaces and characters of no width. */
const VISIBLE = /[^\s\p{Default_Ignorable_Code_Point}]/u;

const STARTER = text(200);

/** @type {Record<string, Reader>} */
const READERS = {
  name: text(80),
  tagline: text(200),
  language,
  accent: (value) => (typeof value === "string" && COLOUR.test(value) ? value : undefined),
  logo,
  starters,
  notice: text(400),
};

/** @type {Record<LinkName, Reader>} */
const LINK_READERS = { privacy: webAddress, terms: webAddress, imprint: webAddress };

/**
 * @param {Record<string, unknown>} given  what `config.json` says
 * @param {string} base  the page's address
 * @param {(key: string, value: unknown) => void} ignore  is told of each value that cannot be used
 * @returns {Partial<Branding>}
 */
export function brandingOf(given, base, ignore) {
  const { links } = given;
  const isTable = typeof links === "object" && links !== null && !Array.isArray(links);
  if (links !== undefined && !isTable) ignore("links", links);
  return {
    ...read(READERS, given, base, ignore),
    ...(isTable && { links: read(LINK_READERS, links, base, (key, value) => ignore(`links.${key}`, value)) }),
  };
}

/**
 * @param {Record<string, Reader>} readers
 * @param {any} given
 * @param {string} base
 * @param {(key: string, value: unknown) => void} ignore
 */
function read(readers, given, base, ignore) {
  const usable = /** @type {Record<string, any>} */ ({});
  for (const [key, reader] of Object.entries(readers)) {
    if (given[key] === undefined) continue;
    const value = reader(given[key], base);
    if (value === undefined) ignore(key, given[key]);
    else usable[key] = value;
  }
  return usable;
}

/** @param {number} longest @returns {Reader} of one line */
function text(longest) {
  return (value) => {
    const line = typeof value === "string" ? value.trim() : "";
    return VISIBLE.test(line) && line.length <= longest && !MISLEADING.test(line) ? line : undefined;
  };
}

/** @type {Reader} */
function starters(value) {
  if (!Array.isArray(value) || value.length > MOST_STARTERS) return undefined;
  const lines = value.map((line) => STARTER(line, ""));
  return lines.includes(undefined) ? undefined : lines;
}

/** @type {Reader} */
function language(value) {
  try {
    return typeof value === "string" ? Intl.getCanonicalLocales(value)[0] : undefined;
  } catch {
    return undefined; // no tag of a language
  }
}

/** @type {Reader} */
function logo(value, base) {
  if (typeof value !== "string" || value.length > LONGEST_LOGO) return undefined;
  if (EMBEDDED_IMAGE.test(value)) return value;
  // the page's policy allows images of its own origin alone
  return URL.canParse(value, base) && new URL(value, base).origin === new URL(base).origin && value ? new URL(value, base).href : undefined;
}

/** @type {Reader} */
function webAddress(value, base) {
  if (typeof value !== "string" || !value || !URL.canParse(value, base)) return undefined;
  const { protocol, href } = new URL(value, base);
  return protocol === "https:" || protocol === "http:" ? href : undefined;
}
