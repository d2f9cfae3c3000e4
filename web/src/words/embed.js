/** The few words of `embed.js`, apart from the page's, so that it stays small. */

export const TITLE = "Chat";
export const OPEN = "Open the chat";
export const CLOSE = "Close the chat";
export const NOT_STARTED = "The chat did not start on this page.";
export const OPEN_ALONE = "Open it in its own tab";
