/** Every sentence that a visitor can read or hear, in English. */

export const SENT = "Sent. Waiting for the answer.";

/** What is announced when an answer is over. Starts and ends only: the text itself is in the transcript. */
export const ENDINGS = /** @type {Record<string, string>} */ ({
  done: "Answer complete.",
  queued: "Your message is waiting and will be sent automatically.",
  stopped: "The answer was ended by you.",
  failed: "There is a problem with the answer. The conversation says which.",
});
