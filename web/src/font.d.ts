/** The address of a font, which the build puts beside the scripts. */
declare module "*.woff2" {
  const address: string;
  export default address;
}
