import { withoutSecrets } from './secrets';
import { cleanText, MAX_TEXT_CHARS } from './text';

/** Without one of these no rule of secrets matches: this look is all that most names and titles take. */
const MAY_HOLD_SECRET = /[=:-]|bearer|basic|digest|negotiate|passwd|[A-Za-z0-9_]{11}/i;

/** A thousand sessions say the same at every poll. */
const KNOWN_MAX = 4_000;
const known = new Map<string, string>();

/**
 * What somebody else said, to be shown: one bounded line of what can be seen, without what looks like a secret. The
 * secret goes before the cut, which might leave its beginning.
 */
export function saidText(text: string, maxChars = MAX_TEXT_CHARS): string {
  const line = cleanText(text, maxChars);
  if (!MAY_HOLD_SECRET.test(line)) return line;
  const key = `${maxChars} ${text.slice(0, 4 * maxChars)}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const said = cleanText(withoutSecrets(cleanText(text, 4 * maxChars)), maxChars);
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(key, said);
  return said;
}
