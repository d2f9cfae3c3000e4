/** Keeps every tab from sending a question that is being rewritten in one. */

import { effect } from "@preact/signals";

/** @param {string} id  of the exchange */
export function editLock(id) {
  return `edit.${id}`;
}

/**
 * @param {import("../edge/tabs.js").Tabs["locks"]} locks
 * @param {import("@preact/signals").ReadonlySignal<string | null>} editedId
 */
export function lockWhileEdited(locks, editedId) {
  effect(() => {
    const id = editedId.value;
    if (!id) return;
    const { promise: isOver, resolve: letGo } = withResolvers();
    locks.withLock(editLock(id), () => isOver);
    return letGo;
  });
}

/** @returns {{ promise: Promise<void>, resolve: () => void }} */
function withResolvers() {
  let resolve = () => {};
  const promise = /** @type {Promise<void>} */ (new Promise((done) => (resolve = done)));
  return { promise, resolve };
}
