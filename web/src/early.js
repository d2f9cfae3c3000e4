/** Runs before the page is first painted, so that it never flashes in the other theme. */

import { onThemeOfOtherTabs, showTheme, storedTheme } from "./edge/theme_setting.js";

showTheme(storedTheme());
onThemeOfOtherTabs(showTheme);
