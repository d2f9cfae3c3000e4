/** Style sheets that come with the scripts whose elements they are for. The page's policy allows no `<style>`. */

/** @param {string} text */
export function addStyles(text) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  document.adoptedStyleSheets.push(sheet);
}
