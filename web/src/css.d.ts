/** The text of a style sheet, see build/chunks.mjs. */
declare module "*.css" {
  const text: string;
  export default text;
}
