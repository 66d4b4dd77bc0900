import { MINUTE_MS, type Instant } from '../base/time';
import {
  BACKOFF_LONGEST_MS,
  CLOCK_SET_MS,
  FALLBACK_TIMEOUT_MS,
  HISTORY_BUCKET_MS,
  HISTORY_GAP_TOLERANCE_MS,
  HISTORY_MAX_SPANS,
  HISTORY_WINDOW_MS,
  JITTER_SHARE,
  RECOVERY_HOLD_MS,
  REQUEST_TIMEOUT_MS,
  SLEEP_GAP_MS,
} from './policy';
import { STATES, isState, rankOf, type DaemonState } from './states';

/** Time in one state, in epoch ms. Between two spans that do not touch nobody watched. */
export interface Span {
  readonly state: DaemonState;
  readonly fromAt: number;
  /** When it was last seen in this state. */
  readonly toAt: number;
}

/** One bucket of the strip, `HISTORY_BUCKET_MS` long from `fromAt`. */
export interface Segment {
  readonly fromAt: number;
  readonly state: DaemonState | 'notWatched';
  /** Nobody watched for a part of it. */
  readonly isPartial: boolean;
  /** Of a problem: from when to when, and what the bucket was like without the problem. */
  readonly bad?: {
    readonly fromAt: number;
    readonly toAt: number;
    readonly beside: DaemonState | 'notWatched';
  };
}

/** What was seen of one daemon in the last 24 h. Replaced at every sample, never changed. */
export interface History {
  readonly spans: readonly Span[];
  /** When this window last looked; `undefined` where all of it was read back from an earlier window. */
  readonly lookedAt?: Instant;
  /** For the strip, oldest first. The same array as long as it says the same. */
  readonly segments: readonly Segment[];
  readonly summary: HistorySummary;
}

/** What the last 24 h come to. Lengths are rounded down to what the strip shows. */
export type HistorySummary =
  | { readonly is: 'notWatched' | 'noProblems' }
  /** No problem in the time in which it was seen working. */
  | { readonly is: 'noProblemsIn'; readonly watchedMs: number }
  /** Never seen working, and no problem. */
  | { readonly is: 'onlySeen'; readonly states: readonly DaemonState[] }
  | {
      readonly is: 'problems';
      readonly counts: readonly (readonly [state: DaemonState, count: number])[];
      readonly totalMs: number;
      /** None of them began before this day. */
      readonly isToday: boolean;
    };

const BUCKETS = HISTORY_WINDOW_MS / HISTORY_BUCKET_MS;

/** The longest time between two polls of a daemon that is watched; a longer one was not watched. */
export function longestGapMs(pollIntervalMs: number): number {
  const delayMs = Math.max(pollIntervalMs, BACKOFF_LONGEST_MS) * (1 + JITTER_SHARE);
  return delayMs + REQUEST_TIMEOUT_MS + FALLBACK_TIMEOUT_MS + SLEEP_GAP_MS;
}

/**
 * The history after one more look. The time since the look before counts as watched, unless the machine slept
 * or an earlier window did the looking. A wall clock that ran ahead may as well be a virtual machine that was
 * paused, so that time is not watched; where the clock was set back, what is known moves with it.
 *
 * @param maxGapMs the longest time between two looks that still counts as watched
 */
export function appendState(
  history: History | undefined,
  state: DaemonState,
  now: Instant,
  maxGapMs: number,
): History {
  const before = history?.lookedAt;
  const sleptMs = before ? sleptBetween(before, now) : 0;
  const passedMs = before ? now.monotonicMs - before.monotonicMs + sleptMs : Infinity;
  const setByMs = before ? now.wallAt - before.wallAt - passedMs : 0;
  const wasSetBack = setByMs < -CLOCK_SET_MS;
  const known = wasSetBack ? shifted(history!.spans, setByMs) : (history?.spans ?? []);
  const isWatched = sleptMs === 0 && passedMs <= maxGapMs && setByMs <= CLOCK_SET_MS;

  const last = known.at(-1);
  const at = Math.max(now.wallAt, last?.toAt ?? 0);
  const spans = bounded(withLook(known, state, at, isWatched), at);
  // What is drawn goes by whole minutes, so between two of them it need not be worked out.
  const isSame =
    isWatched &&
    !wasSetBack &&
    last?.state === state &&
    Math.floor(last.toAt / MINUTE_MS) === Math.floor(at / MINUTE_MS);
  if (isSame) return { ...history!, spans, lookedAt: now };
  return { ...drawn(spans, history), lookedAt: now };
}

function sleptBetween(before: Instant, now: Instant): number {
  const sleptMs = now.uptimeMs - before.uptimeMs - (now.monotonicMs - before.monotonicMs);
  return sleptMs > SLEEP_GAP_MS ? sleptMs : 0;
}

function shifted(spans: readonly Span[], byMs: number): readonly Span[] {
  return spans.map(({ state, fromAt, toAt }) => ({ state, fromAt: fromAt + byMs, toAt: toAt + byMs }));
}

function withLook(
  spans: readonly Span[],
  state: DaemonState,
  at: number,
  isWatched: boolean,
): readonly Span[] {
  const last = spans.at(-1);
  if (!last || !isWatched) return [...spans, { state, fromAt: at, toAt: at }];
  const closed = [...spans.slice(0, -1), { ...last, toAt: at }];
  return last.state === state ? closed : [...closed, { state, fromAt: at, toAt: at }];
}

function bounded(spans: readonly Span[], endAt: number): readonly Span[] {
  const startAt = windowStart(endAt);
  const isAllRecent = spans.length === 0 || spans[0]!.toAt > startAt;
  const recent = isAllRecent ? spans : spans.filter(({ toAt }) => toAt > startAt);
  return recent.length > HISTORY_MAX_SPANS ? recent.slice(-HISTORY_MAX_SPANS) : recent;
}

/** What is drawn of these spans, and said. */
export function drawn(spans: readonly Span[], previous?: History): History {
  const segments = toSegments(spans);
  const isSame = JSON.stringify(segments) === JSON.stringify(previous?.segments);
  return { spans, segments: isSame ? previous!.segments : segments, summary: summarise(spans) };
}

/** The start of the first bucket: whole buckets, so that nothing drawn moves between two of them. */
function windowStart(endAt: number): number {
  return (Math.floor(endAt / HISTORY_BUCKET_MS) - BUCKETS + 1) * HISTORY_BUCKET_MS;
}

/** The last 24 h in buckets, oldest first; the worst problem in a bucket stands for it. Empty without spans. */
export function toSegments(spans: readonly Span[]): readonly Segment[] {
  const endAt = spans.at(-1)?.toAt;
  if (endAt === undefined) return [];
  const startAt = windowStart(endAt);
  let first = 0;
  return Array.from({ length: BUCKETS }, (_, index) => {
    const fromAt = startAt + index * HISTORY_BUCKET_MS;
    while (spans[first]!.toAt < fromAt && first < spans.length - 1) first++;
    return toSegment(spans, first, fromAt, Math.min(fromAt + HISTORY_BUCKET_MS, endAt));
  });
}

/** @param first the index of the first span that may reach into the bucket */
function toSegment(spans: readonly Span[], first: number, fromAt: number, untilAt: number): Segment {
  let worst: Span | undefined;
  let lastToAt = 0;
  let watchedMs = 0;
  const plainMs = new Map<DaemonState, number>();
  for (let index = first; index < spans.length; index++) {
    const span = spans[index]!;
    if (span.fromAt > untilAt) break;
    if (span.toAt < fromAt) continue;
    // What ended as this bucket began is of the one before, unless nothing has followed yet.
    if (span.toAt === fromAt && span.fromAt < fromAt && untilAt > fromAt) continue;
    // A span of no length at the end of the bucket belongs to the next one.
    if (span.fromAt === untilAt && untilAt % HISTORY_BUCKET_MS === 0 && fromAt !== untilAt) continue;
    const ms = Math.min(span.toAt, untilAt) - Math.max(span.fromAt, fromAt);
    watchedMs += ms;
    if (STATES[span.state].severity === 'plain') plainMs.set(span.state, (plainMs.get(span.state) ?? 0) + ms);
    else if (!worst || rankOf(span.state) < rankOf(worst.state)) worst = span;
    if (span.state === worst?.state) lastToAt = span.toAt;
  }
  const [longest] = [...plainMs].sort(([, a], [, b]) => b - a);
  const state = worst?.state ?? longest?.[0] ?? 'notWatched';
  const isPartial = state !== 'notWatched' && untilAt - fromAt - watchedMs > HISTORY_GAP_TOLERANCE_MS;
  return {
    fromAt,
    state,
    isPartial,
    ...(worst && {
      bad: {
        fromAt: Math.max(worst.fromAt, fromAt),
        toAt: Math.min(lastToAt, untilAt),
        beside: longest?.[0] ?? 'notWatched',
      },
    }),
  };
}

/**
 * What the last 24 h come to. That there were no problems is said only of time in which the daemon was seen working.
 */
export function summarise(spans: readonly Span[]): HistorySummary {
  const endAt = spans.at(-1)?.toAt;
  if (endAt === undefined) return { is: 'notWatched' };
  const startAt = windowStart(endAt);
  const seen = bounded(spans, endAt).map((span) => ({ ...span, fromAt: Math.max(span.fromAt, startAt) }));
  const counts = countProblems(seen);
  if (counts.size === 0) return withoutProblems(seen, endAt - startAt);

  const problems = seen.filter(({ state }) => counts.has(state));
  const totalMs = problems.reduce((sum, { fromAt, toAt }) => sum + toAt - fromAt, 0);
  const isToday = new Date(problems[0]!.fromAt).toDateString() === new Date(endAt).toDateString();
  return { is: 'problems', counts: [...counts], totalMs, isToday };
}

/** How often each problem came. One that clears for moments, or while nobody looks, and returns is the same. */
function countProblems(spans: readonly Span[]): ReadonlyMap<DaemonState, number> {
  const counts = new Map<DaemonState, number>();
  const calmMsThen = new Map<DaemonState, number>();
  let calmMs = 0;
  for (const { state, fromAt, toAt } of spans) {
    const row = STATES[state];
    if (row.severity === 'plain') {
      if (row.endsALife) calmMs += RECOVERY_HOLD_MS;
      else if (row.tells !== 'nothing') calmMs += toAt - fromAt;
      continue;
    }
    const isNew = calmMs - (calmMsThen.get(state) ?? -Infinity) >= RECOVERY_HOLD_MS;
    if (isNew) counts.set(state, (counts.get(state) ?? 0) + 1);
    calmMsThen.set(state, calmMs);
  }
  return counts;
}

function withoutProblems(spans: readonly Span[], windowMs: number): HistorySummary {
  const working = spans.filter(({ state }) => isWorking(state));
  if (working.length === 0) return { is: 'onlySeen', states: [...new Set(spans.map(({ state }) => state))] };
  const workingMs = working.reduce((sum, { fromAt, toAt }) => sum + toAt - fromAt, 0);
  if (windowMs >= HISTORY_WINDOW_MS - HISTORY_BUCKET_MS && windowMs - workingMs <= HISTORY_GAP_TOLERANCE_MS) {
    return { is: 'noProblems' };
  }
  return { is: 'noProblemsIn', watchedMs: Math.floor(workingMs / HISTORY_BUCKET_MS) * HISTORY_BUCKET_MS };
}

/** Whether it works, or is about to. */
function isWorking(state: DaemonState): boolean {
  const row = STATES[state];
  return row.severity === 'plain' && row.works !== 'unseen';
}

/** A span as it is kept: state, from, to. */
export type StoredSpan = readonly [DaemonState, number, number];

export function toStored({ spans }: History): readonly StoredSpan[] {
  return spans.map(({ state, fromAt, toAt }) => [state, fromAt, toAt]);
}

/** What an earlier window kept, whatever is in it; `undefined` where it is not a history of the last 24 h. */
export function fromStored(value: unknown, nowAt: number): History | undefined {
  if (!Array.isArray(value)) return undefined;
  const spans: Span[] = [];
  for (const item of value as unknown[]) {
    if (!isStoredSpan(item)) return undefined;
    const [state, fromAt, toAt] = item;
    if (fromAt > toAt || fromAt < (spans.at(-1)?.toAt ?? 0)) return undefined;
    // The clock was set back in between: what lies ahead of it cannot be placed.
    if (fromAt <= nowAt) spans.push({ state, fromAt, toAt: Math.min(toAt, nowAt) });
  }
  const recent = bounded(spans, nowAt);
  return recent.length === 0 ? undefined : drawn(recent);
}

/** Whether this version can read a kept span. */
export function isStoredSpan(value: unknown): value is StoredSpan {
  if (!Array.isArray(value) || value.length !== 3) return false;
  const [state, fromAt, toAt] = value as unknown[];
  return isState(state) && Number.isFinite(fromAt) && Number.isFinite(toAt);
}
