/** Asks the availability function, and reads the status object beside the page. */

import { availabilityOfReply } from "../core/availability.js";

/** @typedef {import("../core/availability.js").Availability} Availability */

/**
 * @typedef {object} StatusObject
 * @property {unknown} body
 * @property {number} servedAt  the server's clock
 */

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

/**
 * @param {string} url
 * @param {typeof globalThis.fetch} [fetch]
 * @param {() => number} [now]
 * @returns {Promise<StatusObject | null>} null where there is none, or it cannot be read
 */
export async function readStatusObject(url, fetch = globalThis.fetch, now = Date.now) {
  try {
    const response = await fetch(url, { cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok) return null;
    const date = Date.parse(response.headers.get("date") ?? "");
    const ageMs = Number(response.headers.get("age")) * 1_000;
    return { body: await response.json(), servedAt: Number.isNaN(date) ? now() : date + ageMs };
  } catch {
    return null;
  }
}
