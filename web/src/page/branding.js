/** What an operator makes their own, as `config.json` says it. Whatever they leave out is in the page's own words. */

import { signal } from "@preact/signals";

/** @typedef {import("../core/branding.js").Branding} Branding */
/** @typedef {Partial<Branding> & Pick<Branding, "name" | "links"> & { languages: Partial<Record<keyof Branding, string>> }} Shown  with the language of each text that is not the page's */

export const branding = signal(
  /** @type {Shown} */ ({
    // a deployment may have written its own
    name: document.title,
    links: {},
    languages: {},
  }),
);
