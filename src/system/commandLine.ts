import { withoutSecrets, wordsWithoutSecrets } from '../base/secrets';
import { cleanText } from '../base/text';
import { MAX_HEAD_CHARS, MAX_COMMAND_LINE_CHARS } from './policy';

const PATH = /^"?(?:[A-Za-z]:[\\/]|[\\/])/;

/**
 * A command line as one bounded line. The interpreter and the script stay whole, since they tell what runs and how it
 * could be started again; what follows them is cut. Without what looks secret: it stands in questions, logs and reports.
 */
export function shownCommandLine(raw: readonly string[]): string {
  const words = wordsWithoutSecrets(raw);
  // macOS tells no bounds of words, so that a header's name and value are two.
  const whole = withoutSecrets(words.join(' '));
  const named = words.findIndex((word, index) => index > 0 && PATH.test(word));
  const script = named > 0 ? named : words.findIndex((word, index) => index > 0 && !word.startsWith('-'));
  const head = words.slice(0, script + 1).join(' ');
  // One more for the mark of the cut.
  const maxChars = Math.max(MAX_COMMAND_LINE_CHARS, Math.min(head.length + 1, MAX_HEAD_CHARS));
  return cleanText(whole, maxChars);
}
