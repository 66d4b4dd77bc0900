/** Why lines of the log have gaps. */
export const ROUGHLY_CLEANED =
  'A part of the extension could not be loaded. In the lines that waited for it, and in those that follow, everything that may be a secret is left out as …';

/**
 * A line without all that may be a secret, by rules so short that they are there from the start: what follows a sign that
 * gives something a value, and each long word. Of what is no secret, much goes, too.
 */
export function roughlyCleaned(line: string): string {
  return line.replace(/(?<=[=:@?&#]\s?|\s--?\w[\w-]*\s|\b(?:bearer|basic|token)\s)\S+|[^\s/\\.]{16,}/gi, '…');
}
