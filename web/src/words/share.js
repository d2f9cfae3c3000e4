/** Where a shared conversation comes from, and when. */

import { LANGUAGE } from "./en.js";
import { MAY_BE_WRONG, SHARED_ON } from "./en_share.js";
import { filled } from "./filled.js";

/** @param {string} name  of the service @param {number} now */
export function originOf(name, now) {
  const date = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "long" }).format(now);
  return `${filled(SHARED_ON, { name, date })} ${MAY_BE_WRONG}`;
}
