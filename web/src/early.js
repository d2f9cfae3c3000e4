/** Runs before the page is first painted, so that it never flashes in the other theme. */

import { showTheme, storedTheme } from "./edge/theme_setting.js";

showTheme(storedTheme());
