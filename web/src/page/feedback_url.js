/** Where ratings of answers go. */

import { signal } from "@preact/signals";

export const feedbackUrl = signal(/** @type {string | null} */ (null)); // the operator wants none
