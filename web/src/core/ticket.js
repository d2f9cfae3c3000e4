/**
 * Which ticket a request carries.
 *
 * A place counts once its ticket has been sent back, so that is done at once. One that does not hold is left out, once.
 */

/**
 * With which ticket a request is to be made again at once.
 * @param {import("./failure.js").Failure | null} refusal  what it met
 * @param {string | undefined} ticket  what it carried
 * @returns {{ ticket: string | undefined } | null} null: not at once
 */
export function repetition(refusal, ticket) {
  if (refusal?.code === "invalid_ticket" && ticket) return { ticket: undefined };
  return refusal?.place && !ticket ? { ticket: refusal.place.ticket } : null;
}
