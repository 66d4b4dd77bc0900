import { NoAnswer } from '../../system/httpClient';
import { MAX_PARTS, MAX_VALUES } from '../policy';

/**
 * Bounds the depth and the lists of a JSON text before it is parsed, by its brackets and commas: what stands in strings
 * counts, too. @throws {NoAnswer} where it has more
 */
export function checkParts(json: string): void {
  const bounds = { '[': MAX_PARTS, '{': MAX_PARTS, ',': MAX_VALUES };
  for (const [letter, most] of Object.entries(bounds)) {
    if (has(json, letter, most)) throw new NoAnswer('unusable', { is: 'tooManyParts', most });
  }
}

/** Whether a letter is there more than so many times. */
function has(text: string, letter: string, most: number): boolean {
  if (text.length <= most) return false;
  let count = 0;
  for (let at = text.indexOf(letter); at !== -1; at = text.indexOf(letter, at + 1)) {
    if (++count > most) return true;
  }
  return false;
}
