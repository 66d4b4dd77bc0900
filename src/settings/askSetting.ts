import { cleanText } from '../base/text';
import { SECOND_MS } from '../base/time';
import type { ProofBy } from '../health/cause';
import { MAX_RED_AFTER_MS, MIN_RED_AFTER_MS } from '../kinds/policy';
import type { AskSetting, FleetSetting, ProofSetting } from '../model/askSetting';
import type { AskProblem, EntryProblem } from '../model/listProblem';
import { MAX_PLACE_CHARS } from './policy';

const PROOFS: readonly ProofBy[] = ['time', 'age', 'counter', 'due', 'beat'];
const PROGRESS_KEYS: readonly string[] = [...PROOFS, 'busy', 'redAfterMs'];

/** The keys of an entry that only a daemon of an unknown make has. */
export const ASK_KEYS: readonly string[] = [
  'files',
  'command',
  'expect',
  'progress',
  'prometheus',
  'query',
  'value',
  'redAbove',
];
/** Those that say what a Prometheus is asked, and those that nothing can be done with there. */
const FLEET_KEYS = ['query', 'value', 'redAbove'] as const;
const NOT_OF_FLEET = ['expect', 'progress', 'restart'] as const;
const VALUES: readonly FleetSetting['value'][] = ['age', 'counter', 'state'];

/** How an entry says that its daemon is asked; or what is wrong with that. @param query of its address */
export function readAskSetting(
  raw: Readonly<Record<string, unknown>>,
  query: string,
): AskSetting | EntryProblem {
  if (raw['prometheus'] !== undefined) return readFleet(raw);
  const alone = FLEET_KEYS.find((key) => raw[key] !== undefined);
  if (alone !== undefined) return wrong(alone, 'ofFleetAlone');
  const expect = readExpect(raw['expect']);
  if (expect && 'is' in expect) return expect;
  const progress = readProgress(raw['progress']);
  if (progress && 'is' in progress) return progress;
  return {
    ...(query !== '' && { query }),
    ...(expect && { expect }),
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
  if (value === undefined || value === null) return undefined;
  const isStatus = (each: unknown): each is number =>
    Number.isInteger(each) && (each as number) >= 200 && (each as number) <= 599;
  const isList = Array.isArray(value) && value.length > 0 && value.every(isStatus);
  return isList ? value : wrong('expect', 'noStatuses');
}

function readProgress(value: unknown): ProofSetting | EntryProblem | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) return wrong('progress', 'noObject');
  const raw = value as Readonly<Record<string, unknown>>;
  const other = Object.keys(raw).find((key) => !PROGRESS_KEYS.includes(key));
  if (other !== undefined) return wrong(`progress.${cleanText(other, MAX_PLACE_CHARS)}`, 'unknownKey');
  const [by, ...more] = PROOFS.filter((each) => Object.hasOwn(raw, each));
  if (by === undefined || more.length > 0) return wrong('progress', 'notOneProof');
  const [at, busy] = [raw[by], raw['busy']];
  if (!isPlace(at)) return wrong(`progress.${by}`, 'noPlace');
  if (busy !== undefined && !isPlace(busy)) return wrong('progress.busy', 'noPlace');
  if (by === 'counter' && busy === undefined) return wrong('progress.busy', 'neededByCounter');
  const redAfterMs = raw['redAfterMs'];
  const isTime =
    typeof redAfterMs === 'number' && redAfterMs >= MIN_RED_AFTER_MS && redAfterMs <= MAX_RED_AFTER_MS;
  if (!isTime) return wrong('progress.redAfterMs', 'noRedAfter');
  return { by, at, ...(busy !== undefined && { busy }), redAfterMs };
}

/** A place is shown where nothing is found there, so it is one line. */
function isPlace(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && cleanText(value, MAX_PLACE_CHARS) === value;
}
