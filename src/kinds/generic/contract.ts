import type { Malformed, ProofBy } from '../../health/cause';
import { FUTURE_TOLERANCE_MS } from '../../health/policy';
import type { Signs } from '../../health/report';
import { MAX_RED_AFTER_MS, MIN_RED_AFTER_MS } from '../policy';
import { sinceBack } from './proofs';
import { type Moment, readDue, readMoment, readThreshold, shown, type Read } from './values';
import type { Said } from './spoken';

/**
 * The part of a health answer by which anyone can tell progress from presence (docs/health-contract.md). A daemon whose
 * answer has this part needs no `progress` in the settings.
 */
export const CONTRACT_PLACE = 'progress';
/** The version that is read here. A newer one may mean something else by a name. */
const CONTRACT_VERSION = 1;
/** All that stands in it. Times are ISO 8601 with their zone, or `null` for none. */
export const CONTRACT_TIMES = ['lastCompletedAt', 'owedSinceAt', 'nextDueAt'] as const;
export const CONTRACT_FIELDS: readonly string[] = ['version', ...CONTRACT_TIMES, 'redAfterMs'];

export type ContractTime = (typeof CONTRACT_TIMES)[number];

/** What a daemon that keeps the contract shows of its work. */
export interface Contracted {
  readonly signs: Signs;
  /** Absent where it names none that can be used; its signs are unknown then. */
  readonly thresholdMs?: number;
}

/** Of a daemon's word the part that the contract is about; `undefined` where its answer has no such part. */
export function contractIn(said: Said): Readonly<Record<string, unknown>> | undefined {
  const part = said.at(CONTRACT_PLACE);
  if (typeof part !== 'object' || part === null || !Object.hasOwn(part, 'version')) return undefined;
  return part as Readonly<Record<string, unknown>>;
}

/** What an answer that keeps the contract proves of its daemon; `undefined` for all other answers. Pure. */
export function readContract(said: Said, now: Moment): Contracted | undefined {
  const part = contractIn(said);
  if (!part) return undefined;
  const { version } = part;
  if (version !== CONTRACT_VERSION) {
    const expected = String(CONTRACT_VERSION);
    return unknown([{ field: `${CONTRACT_PLACE}.version`, is: 'wrong', expected, received: shown(version) }]);
  }
  const times = {
    lastCompletedAt: readTime(part, 'lastCompletedAt', now.nowAt),
    owedSinceAt: readTime(part, 'owedSinceAt', now.nowAt),
    nextDueAt: part['nextDueAt'] === undefined ? NONE : readTime(part, 'nextDueAt', now.nowAt),
  };
  const threshold = readThreshold(
    `${CONTRACT_PLACE}.redAfterMs`,
    part['redAfterMs'],
    MIN_RED_AFTER_MS,
    MAX_RED_AFTER_MS,
  );
  const malformed = [...Object.values(times), threshold].flatMap(problemsOf);
  if (malformed.length > 0 || !('value' in threshold)) return unknown(malformed);
  return { signs: sinceBack(signsOf(times, now.nowAt), now), thresholdMs: threshold.value };
}

const NONE = { value: undefined } as const;

/** `null` is no time, and so is what nobody can have meant. */
export function readTime(
  part: Readonly<Record<string, unknown>>,
  name: ContractTime,
  nowAt: number,
): Read<number | undefined> {
  const readIt = name === 'nextDueAt' ? readDue : readMoment;
  const [field, raw] = [`${CONTRACT_PLACE}.${name}`, part[name]];
  // A number has no unit, and an empty text is not the null of nothing.
  const isNumber = typeof raw === 'number' || (typeof raw === 'string' && !/\D/.test(raw));
  const read = readIt(field, raw, nowAt);
  if (raw !== undefined && (isNumber || ('unknown' in read && read.unknown.is === 'malformed'))) {
    const expected = 'ISO 8601 with its zone, or null';
    return {
      unknown: { is: 'malformed', malformed: [{ field, is: 'wrong', expected, received: shown(raw) }] },
    };
  }
  return 'unknown' in read && read.unknown.is === 'noSuccessYet' ? NONE : read;
}

function problemsOf(read: Read<number | undefined>): readonly Malformed[] {
  return 'unknown' in read && read.unknown.is === 'malformed' ? read.unknown.malformed : [];
}

function unknown(malformed: readonly Malformed[]): Contracted {
  return { signs: { kind: 'signs', by: 'time', unknown: { is: 'malformed', malformed } } };
}

/**
 * Work is owed since it came in, or since the unit before was done, whichever is later: a long queue that gets on is no
 * hang. A run is owed from when it was due. Until then a schedule is kept, where nothing else is owed.
 */
function signsOf(
  { lastCompletedAt, owedSinceAt, nextDueAt }: Readonly<Record<ContractTime, Read<number | undefined>>>,
  nowAt: number,
): Signs {
  const [last, owed, due] = [lastCompletedAt, owedSinceAt, nextDueAt].map(valueOf);
  if (owed !== undefined && owed - nowAt > FUTURE_TOLERANCE_MS) {
    return { kind: 'signs', by: 'time', unknown: { is: 'signInFuture' } };
  }
  const workSince = owed === undefined ? undefined : Math.max(owed, last ?? owed);
  const runSince = due !== undefined && due < nowAt ? due : undefined;
  const isByDue = workSince === undefined ? due !== undefined : (runSince ?? Infinity) < workSince;
  const by: ProofBy = isByDue ? 'due' : 'time';
  const owedSince = isByDue ? runSince : workSince;
  const provenAt = isByDue ? Math.max(last ?? -Infinity, Math.min(due ?? nowAt, nowAt)) : last;
  return {
    kind: 'signs',
    by,
    ...(provenAt !== undefined && { provenAt }),
    ...(owedSince !== undefined && { owedSinceAt: owedSince }),
  };
}

function valueOf(read: Read<number | undefined>): number | undefined {
  return 'value' in read ? read.value : undefined;
}
