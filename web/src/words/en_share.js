/** What visitors read where they find, copy, share and hear what was said, in English: fetched with what shows it. */

/** In the list, of a conversation that is not open. */
export const IS_ANSWERED = "Answering…";

export const SHARE = "Share";
export const SHARE_THIS = "Share this conversation";
export const SAVE_AS_PAGE = "Save as a web page";
export const COPY_MARKDOWN = "Copy as Markdown";
export const COPY_PLAIN = "Copy as plain text";
export const SEND_TO_APP = "Send to another app";
export const NOT_SHARED = "Your browser did not share this. Save the web page and send it yourself.";
export const READ_ALOUD = "Read aloud";
export const STOP_READING = "Stop reading";
/** In the shared page. */
export const SHARED_ON = "Shared from {name} on {date}.";
export const MAY_BE_WRONG = "The answers were written by an AI and can be wrong.";
