/** Whether single keys are shortcuts: who dictates, or rests a hand on the keys, can switch them off (WCAG 2.1.4). */

const KEY = "nexus-single-keys";

let areTaken = stored();

/** @returns {boolean} */
export function takesSingleKeys() {
  return areTaken;
}

/** @param {boolean} value */
export function setTakesSingleKeys(value) {
  areTaken = value;
  try {
    if (value) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, "off");
  } catch {
    // storage is refused: the choice lasts as long as the page
  }
}

function stored() {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true;
  }
}
