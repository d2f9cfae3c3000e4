/** What index.html and the web app manifest say, which are there before a language is chosen: in English. */

export const LANGUAGE = "en";

export const DESCRIPTION = "A chat that always finds a model to answer.";
export const LOADING = "The chat is still loading. If nothing happens in a few seconds, check your connection and reload the page.";
export const NO_SCRIPT = "This chat needs JavaScript. Allow it for this site, then reload the page.";
export const RELOAD = "Reload";
