/** How the page's code is divided: one chunk for the first view, one for each `import()`, and what only those share. */

import { dirname, resolve } from "node:path";
import { build as bundle } from "esbuild";

/**
 * Modules that the first view shares with later chunks stay in one chunk, because each later chunk imports the entry.
 * Otherwise each set of chunks that share something is a file of its own.
 * The entry must not await at its top level: a chunk that it waits for would wait for it.
 * @param {string} entry  from the root
 * @returns {import("esbuild").Plugin}
 */
export function oneChunkFor(entry) {
  return {
    name: "one chunk for the first view",
    setup({ initialOptions: { absWorkingDir: root = "" }, onResolve, onLoad }) {
      onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
        if (kind !== "dynamic-import") return undefined;
        return { path: resolve(resolveDir, path).slice(root.length), namespace: "later" };
      });
      onLoad({ filter: /./, namespace: "later" }, ({ path }) => ({
        contents: `import "./${entry}"; export * from "./${path}";`,
        resolveDir: root,
      }));
    },
  };
}

/**
 * A style sheet that a script imports is a text in that script's chunk.
 * @returns {import("esbuild").Plugin}
 */
export function stylesInScripts() {
  return {
    name: "styles in scripts",
    setup({ initialOptions: { absWorkingDir, target }, onResolve, onLoad }) {
      onResolve({ filter: /\.css$/ }, ({ kind, path, resolveDir }) =>
        kind === "import-statement" ? { path: resolve(resolveDir, path), namespace: "style" } : undefined,
      );
      onLoad({ filter: /./, namespace: "style" }, async ({ path }) => {
        const { outputFiles } = await bundle({ absWorkingDir, target, entryPoints: [path], bundle: true, minify: true, write: false });
        return { contents: outputFiles[0].text.trim(), loader: "text", resolveDir: dirname(path) };
      });
    },
  };
}
