/** The id by which the service counts this visitor's messages. It is opaque here, and says nothing about anybody. */

export const VISITOR_HEADER = "X-Nexus-Visitor";

/** What can be an id: anything else that a reply or the browser's storage holds is not sent to the service. */
const FORM = /^[\w.-]{1,512}$/;

/**
 * @param {unknown} text
 * @returns {string | null}
 */
export function visitorIdOf(text) {
  return typeof text === "string" && FORM.test(text) ? text : null;
}
