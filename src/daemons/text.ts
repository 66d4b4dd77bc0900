/** Longest text of a daemon's that is kept or shown, in characters. */
export const MAX_TEXT_CHARS = 300;

/** What a daemon wrote, as one bounded line without control or direction-changing characters. */
export function cleanText(text: string, maxChars = MAX_TEXT_CHARS): string {
  const line = text
    .slice(0, 4 * maxChars)
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > maxChars ? `${line.slice(0, maxChars - 1)}…` : line;
}
