/** A signal's answer about one thing, which draws its component again only when that answer changes. */

import { computed } from "@preact/signals";
import { useMemo } from "preact/hooks";

/**
 * @template T
 * @param {string} id  of the thing
 * @param {() => T} compute
 * @returns {T}
 */
export function useComputedOf(id, compute) {
  return useMemo(() => computed(compute), [id]).value;
}
