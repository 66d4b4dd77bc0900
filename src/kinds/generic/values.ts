import { createHash } from 'node:crypto';
import { saidText } from '../../base/said';
import { SECOND_MS } from '../../base/time';
import type { Malformed, SignUnknown } from '../../health/cause';
import { parseTime } from '../read/time';
import {
  FIRST_MS,
  FIRST_NS,
  FIRST_US,
  FURTHEST_DUE_MS,
  LONGEST_AGE_MS,
  MAX_BEAT_CHARS,
  MAX_VALUE_CHARS,
} from './policy';

/** What one look at a daemon found where its proof stands; `undefined` for what is not there. */
export interface Found {
  readonly value: unknown;
  readonly busy: unknown;
  /** All its work waits for a person: nothing is owed meanwhile. */
  readonly waits?: boolean;
  /** How much waits. */
  readonly backlog?: unknown;
}

/** The moment of a look: on the daemon's clock, and on one that never jumps. */
export interface Moment {
  /** Epoch ms. */
  readonly nowAt: number;
  readonly monotonicMs: number;
  /** Since when it is there again, where it was seen to be away: epoch ms on the daemon's clock. */
  readonly backSinceAt?: number;
  /** Since when who measures answers again, and for how long there was no answer. */
  readonly silence?: { readonly overAt: number; readonly forMs: number };
}

/*
 * What one value means. `undefined` is a value that is not there; a value that is there and says that nothing happened
 * yet is `null`, 0, or so long ago that nobody can have meant that.
 */

/** A value that means what its setting says; or why it does not. */
export type Read<T> = { readonly value: T } | { readonly unknown: SignUnknown };

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A number, also where it is written as a text: Prometheus does, and so do files. */
export function numberIn(raw: unknown): number | undefined {
  const value = typeof raw === 'string' && NUMBER.test(raw.trim()) ? Number(raw) : raw;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A value that is not what it should be, as one short line. What is in a list or an object is nobody's business here. */
export function shown(raw: unknown): string {
  if (typeof raw === 'object' && raw !== null && Object.keys(raw).length > 0) {
    return Array.isArray(raw) ? '[…]' : '{…}';
  }
  if (typeof raw === 'number') return String(raw);
  const told = typeof raw === 'string' ? raw.slice(0, 4 * MAX_VALUE_CHARS).replace(VARIABLE, '$1…') : raw;
  return saidText(JSON.stringify(told) ?? typeof raw, MAX_VALUE_CHARS);
}

/** `NAME=value`: what somebody prints of an environment may be a secret, whatever its name. */
const VARIABLE = /^(\s*(?:export\s+)?[A-Za-z_]\w*=).+/s;

function malformed(field: Malformed): { readonly unknown: SignUnknown } {
  return { unknown: { is: 'malformed', malformed: [field] } };
}

const NEVER = { unknown: { is: 'noSuccessYet' } } as const;

/** As programs write ISO 8601: Java leaves a second of 0 out, Python has a blank, and some no colon in the zone. */
const WRITTEN =
  /^([\d-]{10})[T ](\d\d:\d\d)(?:(:\d\d)(?:[.,](\d{1,9}))?)? ?(?:(Z|UTC)|([+-]\d\d):?(\d\d)?)$/i;

/** NaN for what is no time with its zone. */
function writtenTime(text: string): number {
  const [, day, minute, second = ':00', fraction = '0', zone, hours, minutes = '00'] =
    WRITTEN.exec(text) ?? [];
  return parseTime(
    `${day}T${minute}${second}.${fraction}${zone === undefined ? `${hours}:${minutes}` : 'Z'}`,
  );
}

/** Epoch ms, of a number of seconds, milliseconds, microseconds (Python) or nanoseconds (Go) since 1970. */
function since1970(value: number): number {
  if (value < FIRST_MS) return value * SECOND_MS;
  if (value < FIRST_US) return value;
  return value / (value < FIRST_NS ? 1e3 : 1e6);
}

/**
 * A moment in epoch ms: ISO with its zone, or a number of seconds or less since 1970.
 * @param nowAt epoch ms on the daemon's clock
 */
export function readMoment(field: string, raw: unknown, nowAt: number): Read<number> {
  if (raw === undefined) return malformed({ field, is: 'missing' });
  if (raw === null || raw === '') return NEVER;
  const number = numberIn(raw);
  const written = typeof raw === 'string' ? raw.trim() : '';
  const at = number === undefined ? writtenTime(written) : since1970(number);
  if (Number.isNaN(at) || (number !== undefined && number < 0)) {
    return malformed({ field, is: 'noMoment', received: shown(raw) });
  }
  return nowAt - at > LONGEST_AGE_MS ? NEVER : { value: Math.round(at) };
}

/** When a run is due; what is further ahead than any schedule, such as the year 9999, is a way to say never. */
export function readDue(field: string, raw: unknown, nowAt: number): Read<number> {
  const due = readMoment(field, raw, nowAt);
  return 'value' in due && due.value - nowAt > FURTHEST_DUE_MS ? NEVER : due;
}

/** An age in ms, of a value in seconds. It may be a moment below 0, where two clocks made it; -1 is for none. */
export function readAge(field: string, raw: unknown): Read<number> {
  if (raw === undefined) return malformed({ field, is: 'missing' });
  if (raw === null) return NEVER;
  const seconds = numberIn(raw);
  if (seconds === undefined || seconds <= -1) {
    return malformed({ field, is: 'wrong', expected: 'seconds', received: shown(raw) });
  }
  const ageMs = Math.max(0, seconds) * SECOND_MS;
  return ageMs > LONGEST_AGE_MS ? NEVER : { value: ageMs };
}

/** After how many ms a daemon wants to count as hung. */
export function readThreshold(field: string, raw: unknown, fromMs: number, toMs: number): Read<number> {
  if (raw === undefined) return malformed({ field, is: 'missing' });
  if (typeof raw === 'number' && raw >= fromMs && raw <= toMs) return { value: raw };
  const expected = `milliseconds from ${fromMs} to ${toMs}`;
  return malformed({ field, is: 'wrong', expected, received: shown(raw) });
}

/** How often something was done so far. */
export function readCount(field: string, raw: unknown): Read<number> {
  if (raw === undefined) return malformed({ field, is: 'missing' });
  const value = numberIn(raw);
  return value === undefined
    ? malformed({ field, is: 'wrong', expected: 'number', received: shown(raw) })
    : { value };
}

/** A counter, to compare: by its digits where a number would round it. */
export function readCounter(field: string, raw: unknown): Read<number | string> {
  const count = readCount(field, raw);
  if ('unknown' in count || !isRounded(count.value) || typeof raw !== 'string') return count;
  const [, digits] = /^\s*\+?0*(\d+)\s*$/.exec(raw) ?? [];
  return digits === undefined ? count : { value: digits };
}

/** A number that others are rounded to: that it stays the same says little. */
export function isRounded(count: number | string): boolean {
  return typeof count === 'number' && Math.abs(count) > Number.MAX_SAFE_INTEGER;
}

export function rounded(field: string, raw: unknown): { readonly unknown: SignUnknown } {
  const expected = `a number up to ${Number.MAX_SAFE_INTEGER}, or its digits as a text`;
  return malformed({ field, is: 'wrong', expected, received: shown(raw) });
}

/** What changes as long as the daemon lives, as a text to compare. */
export function readBeat(field: string, raw: unknown): Read<string> {
  if (raw === undefined) return malformed({ field, is: 'missing' });
  return typeof raw === 'string' || typeof raw === 'number' || typeof raw === 'boolean'
    ? { value: shortened(String(raw)) }
    : malformed({ field, is: 'wrong', expected: 'text or number', received: shown(raw) });
}

/** Of a long text a few characters that no other has. */
function shortened(text: string): string {
  return text.length > MAX_BEAT_CHARS ? createHash('sha256').update(text).digest('base64url') : text;
}

const BUSY = /^(true|yes|on|busy|working|running|active|processing|in.?progress)$/i;
const NOT_BUSY = /^(false|no|off|none|idle|ready|waiting|stopped|paused|)$/i;

/** Whether there is something to do: a number above 0, true, a word such as `busy`, a time since when. */
export function readBusy(field: string, raw: unknown): Read<boolean> {
  if (raw === undefined) return malformed({ field, is: 'missing' });
  if (raw === null) return { value: false };
  const number = numberIn(raw);
  if (number !== undefined) return { value: number > 0 };
  if (typeof raw === 'boolean') return { value: raw };
  if (typeof raw === 'object') return { value: Object.keys(raw).length > 0 };
  if (typeof raw === 'string' && BUSY.test(raw.trim())) return { value: true };
  if (typeof raw === 'string' && NOT_BUSY.test(raw.trim())) return { value: false };
  const sinceAt = typeof raw === 'string' ? writtenTime(raw.trim()) : NaN;
  // Go's and .NET's zero times are of the year 1.
  if (!Number.isNaN(sinceAt)) return { value: sinceAt > 0 };
  return malformed({ field, is: 'wrong', expected: 'true, false or a number', received: shown(raw) });
}
