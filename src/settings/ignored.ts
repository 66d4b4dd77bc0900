import { MAX_POLL_INTERVAL_MS, MIN_POLL_INTERVAL_MS } from '../health/policy';
import { cleanText } from '../base/text';
import type { AskProblem, EntryProblem } from '../model/listProblem';
import { ASK_KEYS } from './askSetting';
import { MAX_PLACE_CHARS } from './policy';

const KEYS: readonly string[] = ['name', 'url', 'kind', 'pollIntervalMs', 'restart', ...ASK_KEYS];
/** The keys of a restart. */
export const RESTART_KEYS: readonly string[] = ['command', 'args', 'cwd', 'env', 'mode', 'by', 'keepsWork'];

/** What in an entry does not count, where its daemon is watched all the same: each is told. */
export function ignoredIn(entry: object): readonly EntryProblem[] {
  const { name, pollIntervalMs, restart } = entry as Readonly<Record<string, unknown>>;
  return [
    ...(name === undefined || typeof name === 'string' ? [] : [ignored('name', 'noName')]),
    ...(pollIntervalMs === undefined || isInterval(pollIntervalMs)
      ? []
      : [ignored('pollIntervalMs', 'noInterval')]),
    ...unknownIn(entry, KEYS, ''),
    ...unknownIn(restart ?? {}, RESTART_KEYS, 'restart.'),
  ];
}

function isInterval(value: unknown): boolean {
  return typeof value === 'number' && value >= MIN_POLL_INTERVAL_MS && value <= MAX_POLL_INTERVAL_MS;
}

function unknownIn(value: object, known: readonly string[], path: string): readonly EntryProblem[] {
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) => ignored(`${path}${cleanText(key, MAX_PLACE_CHARS)}`, 'noKey'));
}

function ignored(path: string, problem: AskProblem): EntryProblem {
  return { is: 'ask', path, problem };
}
