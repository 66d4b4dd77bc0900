import type { ProofBy } from '../../health/cause';
import type { Signs } from '../../health/report';
import type { ProofSetting } from '../../model/askSetting';
import { GAP_LOOKS } from './policy';
import { withSuspects } from './suspects';
import {
  readAge,
  readBeat,
  readBusy,
  readCount,
  readCounter,
  readDue,
  isRounded,
  readMoment,
  rounded,
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
  /** Since when there is something to do, and so a sign is owed, as far as that was seen; -Infinity: at all looks. */
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
      if ('unknown' in moment) return unknown(by, moment, before);
      const provenAt = moment.value;
      // An old sign is right for who had nothing to do until now.
      const isAlwaysBusy = busyAt === undefined && setting.each === undefined;
      const sinceMs = isAlwaysBusy ? sinceRest(before, now) : owedSince(setting, before, now);
      return owed({ kind: 'signs', by, provenAt }, provenAt, busy.value ? sinceMs : undefined, now);
    }
    case 'due': {
      const due = readDue(at, found.value, now.nowAt);
      if ('unknown' in due)
        return due.unknown.is === 'noSuccessYet' ? nothingDue(before) : unknown(by, due, before);
      const isGuarded = found.waits === true || (busyAt !== undefined && busy.value);
      // While a run is under way the next one may be late by right.
      return scheduled(due.value, isGuarded ? undefined : sinceRest(before, now), now);
    }
    case 'counter': {
      const count = readCounter(at, found.value);
      if ('unknown' in count) return unknown(by, count, before);
      if (busy.value && count.value === before?.value && isRounded(count.value))
        return unknown(by, rounded(at, found.value), before);
      const isReset = before !== undefined && Number(count.value) < Number(before.value);
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

/**
 * Until the next run is due the schedule is kept; from then on the run is owed, unless one is under way.
 * @param sinceMs since when none is
 */
function scheduled(dueAt: number, sinceMs: number | undefined, now: Moment): Proven {
  const isPast = dueAt < now.nowAt;
  const { signs, remembered } = owed(
    { kind: 'signs', by: 'due', provenAt: isPast ? dueAt : now.nowAt },
    dueAt,
    sinceMs,
    now,
  );
  const { owedSinceAt: _owed, ...kept } = signs;
  return { signs: isPast ? signs : kept, ...(remembered && { remembered }) };
}

function nothingDue(remembered: Remembered | undefined): Proven {
  return { signs: { kind: 'signs', by: 'due' }, ...(remembered && { remembered }) };
}

/** A sign is owed from a moment on, and not before there was something to do. @param sinceMs `undefined` where there is nothing */
function owed(signs: Signs, fromAt: number, sinceMs: number | undefined, now: Moment): Proven {
  const { monotonicMs: lookedMs } = now;
  if (sinceMs === undefined) return { signs, remembered: { value: fromAt, lookedMs } };
  return {
    signs: { ...signs, owedSinceAt: Math.max(fromAt, onClock(sinceMs, now)) },
    remembered: { value: fromAt, lookedMs, owedSinceMs: sinceMs },
  };
}

/** Since when there is something to do: that it was so while nobody looked is not known. Monotonic ms. */
function owedSince(
  { redAfterMs, stuckAfterMs = Infinity, from }: ProofSetting,
  before: Remembered | undefined,
  { monotonicMs }: Moment,
): number {
  const longestMs = GAP_LOOKS * Math.max(redAfterMs ?? stuckAfterMs, from?.everyMs ?? 0);
  const isGap = before !== undefined && monotonicMs - before.lookedMs > longestMs;
  return (isGap ? undefined : before?.owedSinceMs) ?? monotonicMs;
}

/** Since when who always has something to do was last seen to owe nothing; -Infinity where that was not seen. Monotonic ms. */
function sinceRest(before: Remembered | undefined, { monotonicMs }: Moment): number {
  return before ? (before.owedSinceMs ?? monotonicMs) : -Infinity;
}

/** On the daemon's clock, where -Infinity stays what it is. */
function onClock(ms: number, { nowAt, monotonicMs }: Moment): number {
  return Math.round(nowAt - (monotonicMs - ms));
}

/**
 * A value that proves something by its change. That it did not change while nobody looked is known; that there was
 * something to do all that time is not: after a gap longer than that of two looks the wait begins anew.
 */
function moved(
  setting: ProofSetting,
  before: Remembered | undefined,
  value: number | string,
  isBusy: boolean,
  now: Moment,
  waits?: unknown,
): Proven {
  const { by, backlog: backlogAt = '' } = setting;
  const { monotonicMs } = now;
  const waiting = readCount(backlogAt, waits);
  const backlog = 'unknown' in waiting ? undefined : waiting.value;
  const hasFallen = backlog !== undefined && before?.backlog !== undefined && backlog < before.backlog;
  const hasMoved = before !== undefined && (value !== before.value || hasFallen);
  const movedMs = hasMoved ? monotonicMs : before?.movedMs;
  const owedSinceMs = isBusy ? owedSince(setting, hasMoved ? undefined : before, now) : undefined;
  return {
    signs: {
      kind: 'signs',
      by,
      ...(movedMs !== undefined && { provenAt: onClock(movedMs, now) }),
      ...(owedSinceMs !== undefined && { owedSinceAt: onClock(owedSinceMs, now) }),
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
