/** Runs before the page is first painted, so that it never flashes in the other theme or from the other side. */

import { preferredLanguage, showLanguage } from "./edge/language_setting.js";
import { onThemeOfOtherTabs, showTheme, storedTheme } from "./edge/theme_setting.js";

/** Put in by the build: where the words of each language are. */
const catalogues = /** @type {Record<string, string>} */ (/** @type {any} */ (globalThis).CATALOGUES_OF_BUILD);

showTheme(storedTheme());
onThemeOfOtherTabs(showTheme);
const language = preferredLanguage();
if (language) {
  showLanguage(language);
  // the script will ask for it, but only once it has come itself
  const link = Object.assign(document.createElement("link"), { rel: "modulepreload", href: catalogues[language] });
  document.head.append(link);
}
