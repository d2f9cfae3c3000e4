/** Asks the availability function. */

import { availabilityOfReply } from "../core/availability.js";

/** @typedef {import("../core/availability.js").Availability} Availability */

/** The function answers at once or not at all. */
const TIMEOUT_MS = 10_000;

/**
 * @param {string} url
 * @param {typeof globalThis.fetch} [fetch]
 * @param {() => number} [now]
 * @param {() => number} [random]
 * @returns {Promise<Availability | null>} null when the check failed
 */
export async function checkAvailability(url, fetch = globalThis.fetch, now = Date.now, random = Math.random) {
  try {
    // no-store: a reply that is "as before" would come out of the browser's cache, with the seconds of back then
    const response = await fetch(url, { cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(TIMEOUT_MS) });
    return response.ok ? availabilityOfReply(await response.json(), now(), random()) : null;
  } catch {
    return null;
  }
}
