/** The system's sheet for sharing, where there is one. */

/** @typedef {"shared" | "dismissed" | "refused"} Sharing  how it went */

export const canShare = typeof globalThis.navigator?.share === "function";

/**
 * Shares a file, or its text where the system takes no such files.
 * @param {{ title: string, text: string, file?: File }} content
 * @returns {Promise<Sharing>}
 */
export async function share({ title, text, file }) {
  const files = file && navigator.canShare?.({ files: [file] }) ? [file] : undefined;
  try {
    await navigator.share(files ? { title, files } : { title, text });
    return "shared";
  } catch (error) {
    return /** @type {Error} */ (error).name === "AbortError" ? "dismissed" : "refused";
  }
}
