import type { AskSetting, Meaning } from '../model/askSetting';
import type { AskProblem, EntryProblem } from '../model/listProblem';
import { MAX_MATCH_VALUES } from './policy';
import { isPlace, readProgress } from './proofSetting';

const MEANINGS: readonly Meaning[] = ['good', 'bad', 'starting', 'stopped', 'silent', 'gone'];

/** The keys of an entry that only a daemon of an unknown make has. */
export const ASK_KEYS: readonly string[] = [
  'preset',
  'files',
  'command',
  'expect',
  'means',
  'upMs',
  'progress',
];

/**
 * How an entry says that its daemon is asked; or what is wrong with that.
 * @param query of its address
 * @param hasAddress it has one
 */
export function readAskSetting(
  raw: Readonly<Record<string, unknown>>,
  query: string,
  hasAddress: boolean,
): AskSetting | EntryProblem {
  const expect = readExpect(raw['expect']);
  if (expect && 'is' in expect) return expect;
  const means = readMeans(raw['means']);
  if (means === 'wrong') return wrong('means', 'noMeanings');
  const { upMs } = raw;
  if (upMs !== undefined && !isPlace(upMs)) return wrong('upMs', 'noPlace');
  const progress = readProgress(raw['progress']);
  if (progress && 'is' in progress) return progress;
  if (progress?.from?.kind === 'http' && !hasAddress) return wrong('progress.from.url', 'needsUrl');
  return {
    ...(query !== '' && { query }),
    ...(expect && { expect }),
    ...(means && { means }),
    ...(upMs !== undefined && { upMs }),
    ...(progress && { progress }),
  };
}

function wrong(path: string, problem: AskProblem): EntryProblem {
  return { is: 'ask', path, problem };
}

function readExpect(value: unknown): readonly number[] | EntryProblem | undefined {
  if (value === undefined || value === null) return undefined;
  const isStatus = (each: unknown): each is number =>
    Number.isInteger(each) && (each as number) >= 200 && (each as number) <= 599;
  const isList = Array.isArray(value) && value.length > 0 && value.every(isStatus);
  return isList ? value : wrong('expect', 'noStatuses');
}

function readMeans(value: unknown): AskSetting['means'] | 'wrong' {
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'wrong';
  const entries = Object.entries(value);
  const isGood = entries.every(([text, meaning]) => isPlace(text) && MEANINGS.includes(meaning as Meaning));
  return isGood && entries.length <= MAX_MATCH_VALUES ? (value as AskSetting['means']) : 'wrong';
}
