/** What makes the page installable: the web app manifest and the service worker. */

import { createHash } from "node:crypto";
import { build } from "esbuild";
import { PAPER } from "../src/core/theme.js";
import { NAME } from "../src/words/names.js";
import { DESCRIPTION, LANGUAGE } from "../src/words/shell.js";

/**
 * @param {(source: string) => string} pathOf  the built file of a source
 * @returns {string}
 */
export function webAppManifest(pathOf) {
  /** @param {string} name @param {string} sizes */
  const png = (name, sizes) => ({ src: pathOf(`src/icons/${name}.png`), sizes, type: "image/png" });
  const manifest = {
    name: NAME,
    short_name: NAME,
    description: DESCRIPTION,
    lang: LANGUAGE,
    id: "./",
    // by its name, for a bucket serves no index at its root
    start_url: "index.html",
    scope: "./",
    display: "standalone",
    theme_color: PAPER.light,
    background_color: PAPER.light,
    icons: [
      { src: pathOf("src/icon.svg"), sizes: "any", type: "image/svg+xml" },
      png("icon-192", "192x192"),
      png("icon-512", "512x512"),
      { ...png("maskable-512", "512x512"), purpose: "maskable" },
    ],
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/**
 * @param {{ root: string, outfile: string, target: string[], page: string, later: string[] }} options
 *   `page` is the built index.html, `later` are files that it does not name and cannot do without
 */
export async function buildServiceWorker({ root, outfile, target, page, later }) {
  // what the page names is what its first view needs
  const assets = [...new Set(page.match(/assets\/[\w.-]+\.(?:js|css|svg)/g))];
  const version = createHash("sha256").update(page).digest("hex").slice(0, 12);
  await build({
    absWorkingDir: root,
    entryPoints: ["src/worker/service_worker.js"],
    outfile,
    bundle: true,
    format: "iife",
    target,
    minify: true,
    legalComments: "none",
    define: { "globalThis.SHELL_OF_BUILD": JSON.stringify({ version, assets, later: [...new Set(later)].filter((path) => !assets.includes(path)) }) },
    logLevel: "warning",
  });
}
