/** What a visitor in line is told: a place, and when it is called. Time is an argument. */

import { SECOND_MS, calledAt } from "./waiting_room.js";

/** @typedef {import("./waiting_room.js").Place} Place */
/** @typedef {import("./waiting_room.js").Serving} Serving */

/**
 * @param {Serving} serving
 * @param {number} now
 * @returns {number} the highest number that has been called
 */
export function calledBy({ number, at, perSecond }, now) {
  return number + ((perSecond ?? 0) * Math.max(0, now - at)) / SECOND_MS;
}

/**
 * @param {Pick<Place, "number">} place
 * @param {number} called
 * @returns {number} 1 for whoever is next, or has been called
 */
export function positionIn({ number }, called) {
  return Math.max(1, Math.ceil(number - called));
}

/**
 * What a visitor is told: when the place is called.
 * @param {Place} place
 * @param {Serving | undefined} serving
 * @returns {number | null} null where that would be a guess
 */
export function expectedAt(place, serving) {
  const isGuess = serving && place.number > serving.number && (serving.isGuess || serving.perSecond === null);
  return isGuess ? null : calledAt(place, serving);
}
