/** Where a shared conversation comes from, and when. */

import { filled } from "./filled.js";
import { words } from "./words.js";

/** @param {string} name  of the service @param {number} now */
export function originOf(name, now) {
  const date = new Intl.DateTimeFormat(words.LOCALE, { dateStyle: "long" }).format(now);
  return `${filled(words.SHARED_ON, { name, date })} ${words.MAY_BE_WRONG}`;
}
