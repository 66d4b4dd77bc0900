import { cleanText } from '../../base/text';
import { SECOND_MS } from '../../base/time';
import type { SeriesUnknown } from '../../health/cause';
import type { Series } from '../../health/progress';
import type { FleetSetting } from '../../model/askSetting';
import { LONGEST_AGE_MS, MAX_VALUE_CHARS } from './policy';
import { prove, type Remembered } from './proofs';
import { type Moment, numberIn, shown } from './values';
import type { Labels } from './vector';

/** What is remembered of a series from look to look. */
export interface Known {
  readonly labels: Labels;
  /** All of them, in one text; `key` is what is shown and kept of that. */
  readonly id: string;
  readonly key: string;
  readonly name: string;
  /** Of a counter: since when it stands. */
  readonly counted?: Remembered;
  /** Of a state: since when it is bad, epoch ms on the clock of Prometheus. */
  readonly badSinceAt?: number;
}

const NEVER: SeriesUnknown = { is: 'noSuccessYet' };

/** What a value says of its series, and what is remembered of that. */
interface ReadSeries {
  readonly series: Series;
  readonly known: Known;
}

type Id = Pick<Series, 'key' | 'name'>;
type Reader = (setting: FleetSetting, raw: unknown, was: Known, now: Moment, id: Id) => ReadSeries;

/** What reads a value, by what it means. */
export const READERS: Readonly<Record<FleetSetting['value'], Reader>> = { age, counter, state };

/** 0, -1 and what is over ten years ago were never set. */
function age(
  { redAbove }: FleetSetting,
  raw: unknown,
  known: Known,
  now: Moment,
  { key, name }: Id,
): ReadSeries {
  const seconds = numberIn(raw);
  if (seconds === undefined) return { series: { key, name, unknown: unreadable(raw) }, known };
  const ageMs = seconds * SECOND_MS;
  if (seconds === 0 || seconds === -1 || ageMs > LONGEST_AGE_MS)
    return { series: { key, name, unknown: NEVER }, known };
  if (isOfBefore(ageMs, redAbove * SECOND_MS, now))
    return { series: { key, name, unknown: { is: 'ofBefore' } }, known };
  const at = Math.round(now.nowAt - ageMs);
  return { series: { key, name, provenAt: at, owedSinceAt: at }, known };
}

/**
 * A Prometheus that stood still gives what it measured before, until it measures again: by that alone nobody is late. Who
 * was late before is, and so is who is late for long enough after.
 */
function isOfBefore(ageMs: number, limitMs: number, { nowAt, silence }: Moment): boolean {
  if (!silence || ageMs <= limitMs) return false;
  const sinceMs = nowAt - silence.overAt;
  return ageMs > sinceMs && sinceMs <= limitMs && ageMs - sinceMs - silence.forMs <= limitMs;
}

function counter({ redAbove }: FleetSetting, raw: unknown, was: Known, now: Moment, id: Id): ReadSeries {
  const count = numberIn(raw);
  if (count === undefined) return { series: { ...id, unknown: unreadable(raw) }, known: was };
  const setting = { by: 'counter', at: 'value', redAfterMs: redAbove * SECOND_MS } as const;
  const { signs, remembered } = prove(setting, was.counted, { value: count, busy: undefined }, now);
  const known = remembered ? { ...was, counted: remembered } : was;
  if (count === 0) return { series: { ...id, unknown: NEVER }, known };
  const { provenAt, owedSinceAt, unknown: why } = signs;
  if (why?.is === 'malformed') return { series: { ...id, unknown: why }, known };
  return {
    series: {
      ...id,
      ...(provenAt !== undefined && { provenAt }),
      ...(owedSinceAt !== undefined && { owedSinceAt }),
    },
    known,
  };
}

function state({ redAbove }: FleetSetting, raw: unknown, was: Known, { nowAt }: Moment, id: Id): ReadSeries {
  const value = numberIn(raw);
  const { badSinceAt = nowAt, ...rest } = was;
  if (value === undefined) return { series: { ...id, unknown: unreadable(raw) }, known: rest };
  if (value <= redAbove) return { series: { ...id, provenAt: nowAt, value }, known: rest };
  return { series: { ...id, isBad: true, owedSinceAt: badSinceAt, value }, known: { ...rest, badSinceAt } };
}

/** Why a value tells nothing. */
export function unreadable(raw: unknown): SeriesUnknown {
  const received = (typeof raw === 'string' ? cleanText(raw, MAX_VALUE_CHARS) : shown(raw)) || 'empty';
  return { is: 'malformed', malformed: [{ field: 'value', is: 'wrong', expected: 'a number', received }] };
}
