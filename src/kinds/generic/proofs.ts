import type { ProofBy } from '../../health/cause';
import type { Signs } from '../../health/report';
import type { ProofSetting } from '../../model/askSetting';
import { FURTHEST_DUE_MS } from './policy';
import { withSuspects } from './suspects';
import {
  readAge,
  readBeat,
  readBusy,
  readCount,
  readDue,
  readMoment,
  type Found,
  type Moment,
  type Read,
} from './values';

/** What is remembered of a value that proves something by its change. Monotonic ms. */
export interface Remembered {
  readonly value: number | string;
  readonly lookedMs: number;
  /** When it was last seen to change. */
  readonly movedMs?: number;
  /** Since when it should have. */
  readonly owedSinceMs?: number;
  /** How much waited. */
  readonly backlog?: number;
}

/** What a look proves, and what the next one needs to know of it. */
export interface Proven {
  readonly signs: Signs;
  readonly remembered?: Remembered;
}

/**
 * What one more look proves of a daemon, by the proof that its user named. Pure; what is missing, of another type, or so
 * old that it was never set is not known.
 *
 * @param before what the look before remembered
 */
export function prove(
  setting: ProofSetting,
  before: Remembered | undefined,
  found: Found,
  now: Moment,
): Proven {
  const { signs, remembered } = proveLook(setting, before, found, now);
  return {
    signs: withSuspects(setting, sinceBack(signs, now), found, now),
    ...(remembered && { remembered }),
  };
}

/** Who was away owed nothing meanwhile: what it wrote before is of the life before. */
export function sinceBack(signs: Signs, { backSinceAt }: Moment): Signs {
  const { owedSinceAt } = signs;
  const isOfBefore = owedSinceAt !== undefined && backSinceAt !== undefined && owedSinceAt < backSinceAt;
  return isOfBefore ? { ...signs, owedSinceAt: backSinceAt } : signs;
}

/** What one look proves, by the value alone. */
export function proveLook(
  setting: ProofSetting,
  before: Remembered | undefined,
  found: Found,
  now: Moment,
): Proven {
  const { by, at, busy: busyAt } = setting;
  // Of a schedule `busy` is a guard: what is not there, or not set, is no run.
  const busy = found.waits
    ? { value: false }
    : busyOf(busyAt, by === 'due' && found.busy === undefined ? false : found.busy);
  if ('unknown' in busy) return unknown(by, busy, before);
  switch (by) {
    case 'time':
    case 'age': {
      const moment =
        by === 'time' ? readMoment(at, found.value, now.nowAt) : momentOfAge(setting, found, now);
      if ('unknown' in moment) return unknown(by, moment);
      const provenAt = moment.value;
      return { signs: { kind: 'signs', by, provenAt, ...(busy.value && { owedSinceAt: provenAt }) } };
    }
    case 'due': {
      const due = readDue(at, found.value, now.nowAt);
      if ('unknown' in due) return due.unknown.is === 'noSuccessYet' ? nothingDue() : unknown(by, due);
      // Who never runs again writes so: the year 9999 is no schedule.
      if (due.value - now.nowAt > FURTHEST_DUE_MS) return nothingDue();
      const isGuarded = found.waits === true || (busyAt !== undefined && busy.value);
      return { signs: scheduled(due.value, isGuarded, now.nowAt) };
    }
    case 'counter': {
      const count = readCount(at, found.value);
      if ('unknown' in count) return unknown(by, count, before);
      const isReset = typeof before?.value === 'number' && count.value < before.value;
      return moved(setting, isReset ? undefined : before, count.value, busy.value, now, found.backlog);
    }
    case 'beat': {
      const beat = readBeat(at, found.value);
      if ('unknown' in beat) return unknown(by, beat, before);
      return moved(setting, before, beat.value, busy.value, now);
    }
  }
}

/** Who names no such value has always something to do. */
function busyOf(field: string | undefined, raw: unknown): Read<boolean> {
  return field === undefined ? { value: true } : readBusy(field, raw);
}

function unknown(by: ProofBy, why: { readonly unknown: Signs['unknown'] }, remembered?: Remembered): Proven {
  const signs: Signs = { kind: 'signs', by, ...(why.unknown && { unknown: why.unknown }) };
  return { signs, ...(remembered && { remembered }) };
}

function momentOfAge({ at }: ProofSetting, { value }: Found, { nowAt }: Moment): Read<number> {
  const age = readAge(at, value);
  return 'unknown' in age ? age : { value: Math.round(nowAt - age.value) };
}

/** Until the next run is due the schedule is kept; from then on the run is owed, unless one is under way. */
function scheduled(dueAt: number, isGuarded: boolean, nowAt: number): Signs {
  const isPast = dueAt < nowAt;
  return {
    kind: 'signs',
    by: 'due',
    provenAt: isPast ? dueAt : nowAt,
    ...(isPast && !isGuarded && { owedSinceAt: dueAt }),
  };
}

function nothingDue(): Proven {
  return { signs: { kind: 'signs', by: 'due' } };
}

/**
 * A value that proves something by its change. That it did not change while nobody looked is known; that there was
 * something to do all that time is not: after a gap longer than the threshold the wait begins anew.
 */
function moved(
  { by, redAfterMs, stuckAfterMs = Infinity, backlog: backlogAt = '' }: ProofSetting,
  before: Remembered | undefined,
  value: number | string,
  isBusy: boolean,
  { nowAt, monotonicMs }: Moment,
  waits?: unknown,
): Proven {
  const waiting = readCount(backlogAt, waits);
  const backlog = 'unknown' in waiting ? undefined : waiting.value;
  const hasFallen = backlog !== undefined && before?.backlog !== undefined && backlog < before.backlog;
  const hasMoved = before !== undefined && (value !== before.value || hasFallen);
  const movedMs = hasMoved ? monotonicMs : before?.movedMs;
  const isGap = before !== undefined && monotonicMs - before.lookedMs > (redAfterMs ?? stuckAfterMs);
  const goesOn = !hasMoved && !isGap ? before?.owedSinceMs : undefined;
  const owedSinceMs = isBusy ? (goesOn ?? monotonicMs) : undefined;
  const onClock = (ms: number) => Math.round(nowAt - (monotonicMs - ms));
  return {
    signs: {
      kind: 'signs',
      by,
      ...(movedMs !== undefined && { provenAt: onClock(movedMs) }),
      ...(owedSinceMs !== undefined && { owedSinceAt: onClock(owedSinceMs) }),
      ...(!isBusy && backlog !== undefined && backlog > 0 && { waiting: backlog }),
    },
    remembered: {
      value,
      lookedMs: monotonicMs,
      ...(movedMs !== undefined && { movedMs }),
      ...(owedSinceMs !== undefined && { owedSinceMs }),
      ...(backlog !== undefined && { backlog }),
    },
  };
}
