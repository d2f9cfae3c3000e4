/** What a link does not say about where it goes. */

const SCHEME = /^https?:\/\//i;
/** Characters that can be drawn as others, as nothing, or in another order. */
const DECEIVING = /[^\x21-\x7e]/;

/**
 * The host (or the mail address) that is to be shown after a link's text, so that nobody is led elsewhere unseen.
 * @param {string} text  of the link, as shown
 * @param {string} href  as the browser understands it
 * @returns {string} nothing where the text says it
 */
export function hiddenTarget(text, href) {
  const url = parsed(href);
  if (!url) return "";
  const shown = text.trim();
  if (url.protocol === "mailto:") return shown === url.pathname ? "" : url.pathname;
  if (url.username || url.password || DECEIVING.test(shown)) return url.host;
  const bare = shown.replace(SCHEME, "").toLowerCase();
  const isSaid = [url.host, url.host.replace(/^www\./, "")].some((host) => bare === host || startsWithHost(bare, host));
  return isSaid ? "" : url.host;
}

/**
 * @param {string} text
 * @param {string} host
 */
function startsWithHost(text, host) {
  return text.startsWith(host) && /[/?#]/.test(text[host.length]);
}

/** @param {string} href */
function parsed(href) {
  try {
    return new URL(href);
  } catch {
    return null;
  }
}
