/** Sends ratings. Nothing goes with one that says whose it is. */

const TIMEOUT_MS = 10_000;

/**
 * @param {string} url
 * @param {string} hint  of the answer
 * @param {import("../core/rating.js").Rating} rating
 * @param {typeof globalThis.fetch} [fetch]
 * @returns {Promise<"counted" | "too_old" | "not_sent">} the same rating may be sent again: it counts once
 */
export async function sendRating(url, hint, { thumb, reason }, fetch = globalThis.fetch) {
  try {
    const { ok, status } = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ hint, rating: thumb, reason }),
      credentials: "omit",
      referrerPolicy: "no-referrer",
      keepalive: true, // also where the page is closed right after the click
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return ok ? "counted" : status === 400 ? "too_old" : "not_sent";
  } catch {
    return "not_sent"; // how the network failed makes no difference here
  }
}
