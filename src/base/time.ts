/** Where time comes from; tests pass their own. */
export interface Clock {
  now(): Instant;
}

/** A moment on both clocks: the wall for showing, the monotonic one for measuring. */
export interface Instant {
  /** Epoch milliseconds. May jump; never subtract two of them. */
  readonly wallAt: number;
  /** Milliseconds since an arbitrary start; never jumps, and on Linux stands still while the machine sleeps. */
  readonly monotonicMs: number;
  /** Milliseconds since boot, sleep included; whole seconds on some systems. For seeing sleep, and a clock that was set. */
  readonly uptimeMs: number;
}

/** A wall clock that moved by less against the time since boot was corrected, or that time is in whole seconds. */
const CLOCK_SET_MS = 5_000;

/** Epoch ms of an earlier moment by the wall clock as it is now: that clock may have been set since. */
export function wallAtOf(moment: Instant, now: Instant): number {
  const setMs = now.wallAt - moment.wallAt - (now.uptimeMs - moment.uptimeMs);
  return Math.abs(setMs) > CLOCK_SET_MS ? moment.wallAt + Math.round(setMs) : moment.wallAt;
}

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** Words for durations. All take milliseconds and round down: "over 3 minutes" must be true. */

/** "for over 3 minutes", "for 11 s"; "for a while" where the age is unknown. */
export function forOver(ageMs: number | undefined): string {
  if (ageMs === undefined || ageMs < SECOND_MS) return 'for a while';
  const minutes = Math.floor(ageMs / MINUTE_MS);
  if (minutes < 1) return `for ${Math.floor(ageMs / SECOND_MS)} s`;
  return minutes === 1 ? 'for over 1 minute' : `for over ${minutes} minutes`;
}

/** A short age for the status bar: "3 min", "2 h 5 min"; empty where it says nothing. */
export function shortAge(ageMs: number | undefined): string {
  return ageMs === undefined || ageMs < MINUTE_MS ? '' : wholeMinutes(ageMs);
}

/** "3 min", "2 h 5 min": without the seconds. */
export function wholeMinutes(ms: number): string {
  return duration(Math.floor(ms / MINUTE_MS) * MINUTE_MS);
}

/** "850 ms", "4.2 s", "42 s", "3 min 12 s", "2 h 5 min", "3 d 4 h". */
export function duration(ms: number): string {
  const value = Math.max(0, ms);
  if (value < SECOND_MS) return `${Math.floor(value)} ms`;
  if (value < 10 * SECOND_MS && value % SECOND_MS !== 0)
    return `${(Math.floor(value / 100) / 10).toFixed(1)} s`;
  if (value < MINUTE_MS) return `${Math.floor(value / SECOND_MS)} s`;
  if (value < HOUR_MS) return two(value, MINUTE_MS, 'min', SECOND_MS, 's');
  if (value < DAY_MS) return two(value, HOUR_MS, 'h', MINUTE_MS, 'min');
  return two(value, DAY_MS, 'd', HOUR_MS, 'h');
}

function two(ms: number, bigMs: number, big: string, smallMs: number, small: string): string {
  const rest = Math.floor((ms % bigMs) / smallMs);
  return `${Math.floor(ms / bigMs)} ${big}${rest > 0 ? ` ${rest} ${small}` : ''}`;
}

/** With its seconds, as long as they matter: after five minutes nobody reads them, and a surface need not be written for them. */
export function roughly(ms: number): string {
  return ms < SECONDS_MATTER_MS ? duration(Math.floor(ms / SECOND_MS) * SECOND_MS) : wholeMinutes(ms);
}

const SECONDS_MATTER_MS = 5 * MINUTE_MS;

/**
 * An age that changes rarely, for rows that stay on screen: "under 15 s", "under 1 min", "3 min".
 * A row that said "4 s" would have to be written again every second.
 */
export function coarseAge(ms: number): string {
  if (ms < 15 * SECOND_MS) return 'under 15 s';
  return ms < MINUTE_MS ? 'under 1 min' : wholeMinutes(ms);
}

/**
 * "14:03:22", or with the day where it is not today's. The time is put together by hand: `toLocaleTimeString` with
 * options makes a formatter at every call, which for the rows of a thousand sessions takes a tenth of a second.
 */
export function clockTime(at: number, nowAt: number): string {
  const date = new Date(at);
  const time = `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}:${twoDigits(date.getSeconds())}`;
  const now = new Date(nowAt);
  return isSameDay(date, now) ? time : `${dateText(date, now)} ${time}`;
}

/** "14:03", or the day alone where that is not today's: for who has no room. */
export function clockInShort(at: number, nowAt: number): string {
  const [date, now] = [new Date(at), new Date(nowAt)];
  return isSameDay(date, now) ? clockMinute(at, nowAt) : dateText(date, now);
}

/** Days as the system writes them, by their number: to ask it takes longer than the rest of a row. */
const daysWritten = new Map<number, string>();
const DAYS_KEPT = 100;

/** "11/26", as short as a row is: with its year where that is not this one. */
function dateText(date: Date, now: Date): string {
  const isThisYear = date.getFullYear() === now.getFullYear();
  const day = (date.getFullYear() * 12 + date.getMonth()) * 31 + date.getDate();
  const key = isThisYear ? day : -day;
  const known = daysWritten.get(key);
  if (known !== undefined) return known;
  if (daysWritten.size >= DAYS_KEPT) daysWritten.clear();
  const text = date.toLocaleDateString(undefined, {
    month: 'numeric',
    day: 'numeric',
    ...(!isThisYear && { year: 'numeric' }),
  });
  daysWritten.set(key, text);
  return text;
}

/** "14:03", or with the day where it is not today's. */
export function clockMinute(at: number, nowAt: number): string {
  return clockTime(at, nowAt).slice(0, -':22'.length);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** Whether a moment is of the day that it is now. */
export function isToday(at: number, nowAt: number): boolean {
  return isSameDay(new Date(at), new Date(nowAt));
}

function isSameDay(a: Date, b: Date): boolean {
  return a.getDate() === b.getDate() && a.getMonth() === b.getMonth() && a.getFullYear() === b.getFullYear();
}
