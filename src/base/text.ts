/** Longest text of a daemon's that is kept or shown, in characters. */
export const MAX_TEXT_CHARS = 300;

/** Words of plain ASCII with single spaces: nearly every text of a daemon's, and nothing to clean. */
const CLEAN = /^[!-~]+(?: [!-~]+)*$/;

/** What a daemon wrote, as one bounded line without control or direction-changing characters. */
export function cleanText(text: string, maxChars = MAX_TEXT_CHARS): string {
  if (text.length <= maxChars && CLEAN.test(text)) return text;
  const line = text
    .slice(0, 4 * maxChars)
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > maxChars ? `${line.slice(0, maxChars - 1)}…` : line;
}

/** The object that a JSON text holds; `undefined` for every other text. An array is an object, too. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
