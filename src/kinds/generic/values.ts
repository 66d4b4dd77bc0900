import { saidText } from '../../base/said';
import { SECOND_MS } from '../../base/time';
import type { Malformed, SignUnknown } from '../../health/cause';
import { parseTime } from '../read/time';
import { FIRST_MS, FIRST_US, LONGEST_AGE_MS, MAX_BEAT_CHARS, MAX_VALUE_CHARS } from './policy';

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
  const told = typeof raw === 'string' ? raw.slice(0, 4 * MAX_VALUE_CHARS).replace(VARIABLE, '$1…') : raw;
  return saidText(JSON.stringify(told) ?? typeof raw, MAX_VALUE_CHARS);
}

/** `NAME=value`: what somebody prints of an environment may be a secret, whatever its name. */
const VARIABLE = /^(\s*(?:export\s+)?[A-Za-z_]\w*=).+/s;

function malformed(field: Malformed): { readonly unknown: SignUnknown } {
  return { unknown: { is: 'malformed', malformed: [field] } };
}

const NEVER = { unknown: { is: 'noSuccessYet' } } as const;

/**
 * A moment in epoch ms: ISO with its zone, or seconds or milliseconds since 1970.
 * @param nowAt epoch ms on the daemon's clock
 */
export function readMoment(field: string, raw: unknown, nowAt: number): Read<number> {
  if (raw === undefined) return malformed({ field, is: 'missing' });
  if (raw === null || raw === '') return NEVER;
  const number = numberIn(raw);
  const at =
    number === undefined
      ? typeof raw === 'string'
        ? parseTime(raw.trim())
        : NaN
      : number < FIRST_MS
        ? number * SECOND_MS
        : number;
  if (Number.isNaN(at) || (number !== undefined && (number < 0 || number >= FIRST_US))) {
    return malformed({ field, is: 'noMoment', received: shown(raw) });
  }
  return nowAt - at > LONGEST_AGE_MS ? NEVER : { value: Math.round(at) };
}

/** An age in ms, of a value in seconds. */
export function readAge(field: string, raw: unknown): Read<number> {
  if (raw === undefined) return malformed({ field, is: 'missing' });
  if (raw === null) return NEVER;
  const seconds = numberIn(raw);
  if (seconds === undefined || seconds < 0) {
    return malformed({ field, is: 'wrong', expected: 'seconds', received: shown(raw) });
  }
  return seconds * SECOND_MS > LONGEST_AGE_MS ? NEVER : { value: seconds * SECOND_MS };
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

/** What changes as long as the daemon lives, as a text to compare. */
export function readBeat(field: string, raw: unknown): Read<string> {
  if (raw === undefined) return malformed({ field, is: 'missing' });
  return typeof raw === 'string' || typeof raw === 'number' || typeof raw === 'boolean'
    ? { value: String(raw).slice(0, MAX_BEAT_CHARS) }
    : malformed({ field, is: 'wrong', expected: 'text or number', received: shown(raw) });
}

const BUSY = /^(true|yes|on|busy|working|running|active|processing|in.?progress)$/i;
const NOT_BUSY = /^(false|no|off|none|idle|ready|waiting|stopped|paused|)$/i;

/** Whether there is something to do: a number above 0, true, a word such as `busy`. */
export function readBusy(field: string, raw: unknown): Read<boolean> {
  if (raw === undefined) return malformed({ field, is: 'missing' });
  if (raw === null) return { value: false };
  const number = numberIn(raw);
  if (number !== undefined) return { value: number > 0 };
  if (typeof raw === 'boolean') return { value: raw };
  if (typeof raw === 'object') return { value: Object.keys(raw).length > 0 };
  if (typeof raw === 'string' && BUSY.test(raw.trim())) return { value: true };
  if (typeof raw === 'string' && NOT_BUSY.test(raw.trim())) return { value: false };
  return malformed({ field, is: 'wrong', expected: 'true, false or a number', received: shown(raw) });
}
