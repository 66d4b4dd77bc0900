import { cleanText } from '../base/text';
import type { ProofBy } from '../health/cause';
import { MAX_RED_AFTER_MS, MIN_RED_AFTER_MS } from '../kinds/policy';
import type { AskSetting, ProofSetting } from '../model/askSetting';
import type { AskProblem, EntryProblem } from '../model/listProblem';
import { MAX_PLACE_CHARS } from './policy';

const PROOFS: readonly ProofBy[] = ['time', 'age', 'counter', 'due', 'beat'];
const PROGRESS_KEYS: readonly string[] = [...PROOFS, 'busy', 'redAfterMs'];

/** The keys of an entry that only a daemon of an unknown make has. */
export const ASK_KEYS: readonly string[] = ['files', 'command', 'expect', 'progress'];

/** How an entry says that its daemon is asked; or what is wrong with that. @param query of its address */
export function readAskSetting(
  raw: Readonly<Record<string, unknown>>,
  query: string,
): AskSetting | EntryProblem {
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
