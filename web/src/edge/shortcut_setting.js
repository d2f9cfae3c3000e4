/** Whether single keys are shortcuts: who dictates, or rests a hand on the keys, can switch them off (WCAG 2.1.4). */

import { localData } from "./web_storage.js";

const KEY = "nexus-single-keys";

let areTaken = localData.read(KEY) !== "off";

/** @returns {boolean} */
export function takesSingleKeys() {
  return areTaken;
}

/** @param {boolean} value  lasts as long as the page where it cannot be stored */
export function setTakesSingleKeys(value) {
  areTaken = value;
  localData.write(KEY, value ? "" : "off");
}
