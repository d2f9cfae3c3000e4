/**
 * Builds the page into `dist/`: what is there is what is served.
 *
 * Every file in `assets/` has a hash of its content in its name and may be kept for ever. The others are `index.html`,
 * the service worker, the web app manifest, `embed.js`, and the status page's style and script, which have to keep their
 * names, and `config.json`, which says where the functions are. `assets.json` lists the files with the headers they need; it is for whoever uploads them. A bucket
 * compresses nothing, so texts in `assets/` have a compressed copy beside them, named by `gzip`.
 *
 * Where the functions have other origins than the page, a deployment needs no build of its own: it writes `config.json`,
 * and in `index.html` replaces `connect-src 'self'` by `connect-src 'self' https://…`. The policy stays as strict as
 * it can be, and can be read in one place.
 */

import { readFile, rm, writeFile } from "node:fs/promises";
import { extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { oneChunkFor, stylesInScripts } from "./build/chunks.mjs";
import { buildServiceWorker, webAppManifest } from "./build/installable.mjs";
import { LANGUAGES } from "./src/core/languages.js";
import { NAME } from "./src/words/names.js";
import * as shell from "./src/words/shell.js";

const ROOT = fileURLToPath(new URL(".", import.meta.url));
const OUT = join(ROOT, "dist");

/** The browsers of the last three years. */
const TARGET = ["es2022", "chrome123", "firefox121", "safari17.5"];

const CONTENT_TYPES = /** @type {Record<string, string>} */ ({
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
});
/** Not in the first view, but kept conversations are to be read, renamed and exported offline too. */
const OFFLINE_TOO = [
  "src/attachments.js",
  "src/branding.js",
  "src/edge/chat_client.js",
  "src/markdown/markdown_view.js",
  "src/markdown/plain_text.js",
  "src/markdown/shared_page.js",
  "src/page/answer_tools.js",
  "src/page/attached_files.js",
  "src/page/conversation.js",
  "src/page/conversation_row.js",
  "src/page/file_actions.js",
  "src/page/rating.js",
  "src/page/settings_panel.js",
  "src/page/shortcut_help.js",
  "src/words/en.js",
];
const CACHE_FOR_EVER = "public, max-age=31536000, immutable";
const CACHE_NEVER = "no-cache";

await rm(OUT, { recursive: true, force: true });
/** @type {import("esbuild").BuildOptions} */
const COMMON = {
  absWorkingDir: ROOT,
  outdir: OUT,
  bundle: true,
  target: TARGET,
  minify: true,
  charset: "utf8", // what is served says so
  legalComments: "none",
  entryNames: "assets/[name]-[hash]",
  chunkNames: "assets/[name]-[hash]",
  assetNames: "assets/[name]-[hash]",
  loader: { ".svg": "copy", ".png": "copy", ".woff2": "file" },
  logLevel: "warning",
};
const outputs = outputsOf(
  await build({
    ...COMMON,
    metafile: true,
    format: "esm",
    splitting: true,
    entryPoints: ["src/main.js", "src/styles/main.css"],
    plugins: [oneChunkFor("src/main.js"), stylesInScripts()],
  }),
);
const catalogues = Object.fromEntries(LANGUAGES.map((language) => [language, outputOf(`later:src/words/${language}.js`).path]));
outputs.push(
  ...outputsOf(
    await build({
      ...COMMON,
      metafile: true,
      format: "iife", // a module would run after the first paint
      entryPoints: ["src/early.js", "src/icon.svg", "src/icons/*.png"],
      define: { "globalThis.CATALOGUES_OF_BUILD": JSON.stringify(catalogues) },
    }),
  ),
);

outputs.push(
  ...outputsOf(
    await build({
      ...COMMON,
      metafile: true,
      format: "esm",
      splitting: true,
      entryPoints: ["src/status.js", "src/styles/status.css"],
      entryNames: "[name]",
    }),
  ),
);
await build({ ...COMMON, format: "iife", entryNames: "[name]", entryPoints: ["src/embed.js"], plugins: [stylesInScripts()] });

const page = await indexPage();
await writeFile(join(OUT, "index.html"), page);
await writeFile(join(OUT, "config.json"), await readFile(join(ROOT, "src/config.json")));
await writeFile(join(OUT, "manifest.webmanifest"), webAppManifest((source) => outputOf(source).path));
const later = OFFLINE_TOO.flatMap((source) => [outputOf(`later:${source}`).path, ...importsOf(`later:${source}`)]);
await buildServiceWorker({ root: ROOT, outfile: join(OUT, "sw.js"), target: TARGET, page, later });
const NAMED = ["index.html", "config.json", "embed.js", "manifest.webmanifest", "sw.js"];
const files = await describe([...NAMED, ...outputs.map(({ path }) => path).sort()]);
await writeFile(join(OUT, "assets.json"), `${JSON.stringify(files, null, 2)}\n`);
report(files);

async function indexPage() {
  const preloads = importsOf("src/main.js").map((path) => `<link rel="modulepreload" href="${path}">`);
  return (await readFile(join(ROOT, "src/index.html"), "utf8"))
    .replace("{{early}}", outputOf("src/early.js").path)
    .replace("{{touchIcon}}", outputOf("src/icons/touch-180.png").path)
    .replace("{{icon}}", outputOf("src/icon.svg").path)
    .replace("{{style}}", outputOf("src/styles/main.css").path)
    .replace("{{script}}", outputOf("src/main.js").path)
    .replace(/\{\{preloads\}\}\n\s*/, preloads.map((link) => `${link}\n    `).join(""))
    .replace(/\{\{([A-Z_]+)\}\}/g, (_, name) => /** @type {any} */ ({ NAME, ...shell })[name]);
}

/** @param {import("esbuild").BuildResult<{ metafile: true }>} result */
function outputsOf({ metafile }) {
  return Object.entries(metafile.outputs).map(([path, { entryPoint, imports }]) => ({ path: relative("dist", path), entryPoint, imports }));
}

/** @param {string} source */
function outputOf(source) {
  const output = outputs.find(({ entryPoint }) => entryPoint === source);
  if (!output) throw new Error(`the build has no output for ${source}`);
  return output;
}

/**
 * What a module needs before it can run, so that the browser need not find out step by step.
 * @param {string} source
 */
function importsOf(source) {
  const isStatic = (/** @type {{ kind: string }} */ { kind }) => kind === "import-statement";
  return outputOf(source)
    .imports.filter(isStatic)
    .map(({ path }) => relative("dist", path));
}

/** @param {string[]} paths */
async function describe(paths) {
  const entries = paths.map(async (path) => {
    const content = await readFile(join(OUT, path));
    const entry = {
      content_type: CONTENT_TYPES[extname(path)],
      cache_control: path.startsWith("assets/") ? CACHE_FOR_EVER : CACHE_NEVER,
      bytes: content.length,
    };
    if (!path.startsWith("assets/") || [".png", ".woff2"].includes(extname(path))) return /** @type {const} */ ([path, entry]);
    const gzip = `${path}.gz`;
    await writeFile(join(OUT, gzip), gzipSync(content, { level: 9 }));
    return /** @type {const} */ ([path, { ...entry, gzip }]);
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** @param {Record<string, { bytes: number }>} files */
async function report(files) {
  for (const [path, { bytes }] of Object.entries(files)) {
    const zipped = gzipSync(await readFile(join(OUT, path)), { level: 9 }).length;
    console.log(`${path.padEnd(32)} ${String(bytes).padStart(7)} B  ${String(zipped).padStart(6)} B gzip`);
  }
}
