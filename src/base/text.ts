/** Longest text of a daemon's that is kept or shown, in characters. */
export const MAX_TEXT_CHARS = 300;

/** Words of plain ASCII with single spaces: nearly every text of a daemon's, and nothing to clean. */
const CLEAN = /^[!-~]+(?: [!-~]+)*$/;

/**
 * What shows nothing, or changes the direction: controls, half a surrogate pair, fillers of Hangul and others, the blank
 * of Braille. A variation selector is seen where it stands after a character that it can change.
 */
const UNSEEN =
  /(?:(?![\ufe00-\ufe0f])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}\u2800]|(?<=^|[\s\p{Cc}\p{Cf}\p{Cs}\p{DI}\u2800])[\ufe00-\ufe0f])+/gu;
/** More marks on one letter than any language has: they grow over the rows above and below. */
const STACKED_MARKS = /(\p{M}{4})\p{M}+/gu;

/** What a daemon wrote, as one bounded line of what can be seen. */
export function cleanText(text: string, maxChars = MAX_TEXT_CHARS): string {
  const start = text.slice(0, 4 * maxChars);
  const line = CLEAN.test(start)
    ? start
    : start.replace(UNSEEN, ' ').replace(STACKED_MARKS, '$1').replace(/\s+/g, ' ').trim();
  return line.length > maxChars ? `${wholeStart(line, maxChars - 1)}…` : line;
}

/** Letters as wide as they are high; pictures are as well, and are two characters each. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/g;

/** The start of a text that takes no more room than so many letters of the alphabet. */
export function fitted(text: string, maxChars: number): string {
  for (let chars = maxChars; ;) {
    const start = cleanText(text, chars);
    const over = start.length + (start.match(WIDE)?.length ?? 0) - maxChars;
    if (over <= 0 || chars <= 1) return start;
    chars = Math.max(1, Math.min(chars, start.length) - Math.ceil(over / 2));
  }
}

let graphemes: Intl.Segmenter | undefined;

/** The start of a text in whole characters, as people count them. */
function wholeStart(text: string, maxChars: number): string {
  // Between two letters below the first combining mark any place will do; a segmenter takes its time.
  if (/^[^\u0300-\uffff]+$/.test(text.slice(maxChars - 1, maxChars + 1))) return text.slice(0, maxChars);
  graphemes ??= new Intl.Segmenter();
  return text.slice(0, graphemes.segment(text).containing(maxChars)?.index);
}

/** With its full stop, where it has none of its own: a daemon may say a sentence. */
export function asSentence(text: string): string {
  return /[.?!…]$/.test(text) ? text : `${text}.`;
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

/** Whether two values are written alike. */
export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** What there is of some parts, in one text. */
export function joined(parts: readonly (string | false | undefined)[], separator: string): string {
  return parts.filter((part) => part !== false && part !== undefined).join(separator);
}
