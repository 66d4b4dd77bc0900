import { saidText } from '../../base/said';
import type { Meaning } from '../../model/askSetting';
import { NoAnswer } from '../../system/httpClient';
import { MAX_SAID_CHARS } from '../policy';
import type { Condition } from './condition';
import { MAX_MEANING_CHARS } from './policy';
import type { Shape } from './shapes';

export type Means = Readonly<Record<string, Meaning>>;

const CONDITION: Readonly<Record<Exclude<Meaning, 'silent' | 'gone'>, Condition>> = {
  good: 'good',
  bad: 'bad',
  starting: 'starting',
  stopped: 'stopping',
};

/**
 * What a text says by the words that its entry names: the first of them that is in the text counts. The line that has it
 * is what the daemon says.
 *
 * @throws {NoAnswer} where the text says that nobody answers, or nobody is there
 */
export function shapeMeant(text: string, means: Means | undefined): Shape | undefined {
  const start = text.slice(0, MAX_MEANING_CHARS);
  const [words, meaning] = Object.entries(means ?? {}).find(([each]) => start.includes(each)) ?? [];
  if (words === undefined || meaning === undefined) return undefined;
  const at = start.indexOf(words);
  const line = start.slice(start.lastIndexOf('\n', at) + 1, at) + (start.slice(at).split('\n', 1)[0] ?? '');
  const said = saidText(line, MAX_SAID_CHARS);
  if (meaning === 'gone') throw new NoAnswer('refused', { is: 'saysGone', said });
  if (meaning === 'silent') throw new NoAnswer('timeout', { is: 'saysSilent', said });
  return { condition: CONDITION[meaning], checks: [], ...(said !== '' && meaning !== 'good' && { said }) };
}
