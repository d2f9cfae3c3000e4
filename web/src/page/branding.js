/** What an operator makes their own, as the page shows it: the defaults, until `config.json` says otherwise. */

import { signal } from "@preact/signals";
import * as words from "../words/en.js";

/** @typedef {import("../core/branding.js").Branding} Branding */
/** @typedef {Branding & { languages: Partial<Record<keyof Branding, string>> }} Shown  with the language of each text that is not the page's */

export const branding = signal(
  /** @type {Shown} */ ({
    // a deployment may have written its own
    name: document.title,
    tagline: words.WELCOME_TEXT,
    starters: words.PROMPTS,
    notice: words.NOTICE,
    links: {},
    languages: {},
  }),
);
