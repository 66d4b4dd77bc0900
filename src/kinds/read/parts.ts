import { NoAnswer } from '../../system/noAnswer';
import { MAX_PARTS, MAX_VALUES } from '../policy';

/**
 * Bounds the depth and the lists of a JSON text before it is parsed, by its brackets and commas: what stands in strings
 * counts, too. @throws {NoAnswer} where it has more
 */
export function checkParts(json: string): void {
  if (has(json, '[', MAX_PARTS) || has(json, '{', MAX_PARTS)) throw tooMany(MAX_PARTS);
  if (has(json, ',', MAX_VALUES)) throw tooMany(MAX_VALUES);
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

function tooMany(most: number): NoAnswer {
  return new NoAnswer('unusable', { is: 'tooManyParts', most });
}
