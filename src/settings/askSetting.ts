import { cleanText } from '../base/text';
import { SECOND_MS } from '../base/time';
import { MAX_RED_AFTER_MS, MIN_RED_AFTER_MS } from '../kinds/policy';
import type { AskSetting, FleetSetting, Meaning } from '../model/askSetting';
import type { AskProblem, EntryProblem } from '../model/listProblem';
import { MAX_MATCH_VALUES, MAX_PLACE_CHARS } from './policy';
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
  'prometheus',
  'query',
  'value',
  'redAbove',
];
/** Those that say what a Prometheus is asked, and those that nothing can be done with there. */
const FLEET_KEYS = ['query', 'value', 'redAbove'] as const;
const NOT_OF_FLEET = ['expect', 'means', 'upMs', 'progress', 'restart'] as const;
const VALUES: readonly FleetSetting['value'][] = ['age', 'counter', 'state'];

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
  if (raw['prometheus'] !== undefined) return readFleet(raw);
  const alone = FLEET_KEYS.find((key) => raw[key] !== undefined);
  if (alone !== undefined) return wrong(alone, 'ofFleetAlone');
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

function readFleet(raw: Readonly<Record<string, unknown>>): AskSetting | EntryProblem {
  const beside = NOT_OF_FLEET.find((key) => raw[key] !== undefined);
  if (beside !== undefined) return wrong(beside, 'notOfFleet');
  const value = VALUES.find((known) => known === raw['value']);
  if (value === undefined) return wrong('value', 'noValue');
  const redAbove = raw['redAbove'];
  const isNumber = typeof redAbove === 'number' && Number.isFinite(redAbove);
  const redAfterMs = isNumber ? redAbove * SECOND_MS : NaN;
  const isTime = redAfterMs >= MIN_RED_AFTER_MS && redAfterMs <= MAX_RED_AFTER_MS;
  if (!isNumber || (value !== 'state' && !isTime)) return wrong('redAbove', 'noRedAbove');
  const rowName = typeof raw['name'] === 'string' ? cleanText(raw['name'], MAX_PLACE_CHARS) : '';
  return { fleet: { rowName, value, redAbove } };
}

function wrong(path: string, problem: AskProblem): EntryProblem {
  return { is: 'ask', path, problem };
}

function readExpect(value: unknown): readonly number[] | EntryProblem | undefined {
  if (value === undefined) return undefined;
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
