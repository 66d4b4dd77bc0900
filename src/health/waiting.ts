import type { Instant } from '../base/time';
import { NOTHING_STARTED_AFTER_CYCLES, NOTHING_STARTED_AFTER_MS } from './policy';
import type { Report, Session } from './report';
import { cyclesOf } from './staleness';

/** Ready tasks beside free workers, of which nothing was started so far. What a window keeps for the next one. */
export interface KeptWaiting {
  /** Epoch ms when they were first seen together. */
  readonly sinceAt: number;
  /** How many tasks wait. */
  readonly ready: number;
  /** When the newest session began, on the daemon's clock; absent where there was none. */
  readonly newestAt?: number;
  /** They have waited for so long that the daemon should have started one. */
  readonly isLong: boolean;
}

/** The same in this window. */
export interface Waiting extends KeptWaiting {
  /** Monotonic ms. */
  readonly sinceMs: number;
  /** Monotonic ms of the last answer that told of it. */
  readonly askedMs: number;
  /** How many workers were free then. */
  readonly free: number;
  /** The last completed cycle that was seen, on the daemon's clock, and how many were completed since. */
  readonly completedAt: number | undefined;
  readonly cycles: number;
}

/** What is worth keeping of it: all of that changes seldom. */
export function keptWaiting({ sinceAt, ready, newestAt, isLong }: KeptWaiting): KeptWaiting {
  return { sinceAt, ready, ...(newestAt !== undefined && { newestAt }), isLong };
}

/** Ready tasks and free workers for long, and nothing was started. */
export interface StartsNothing {
  readonly ready: number;
  readonly free: number;
  readonly forMs: number;
}

/** What the window before kept, in this one. */
export function resumedWaiting(kept: KeptWaiting, now: Instant): Waiting {
  const agoMs = Math.max(0, now.wallAt - kept.sinceAt);
  const { monotonicMs: askedMs } = now;
  return { ...kept, sinceMs: askedMs - agoMs, askedMs, free: 0, completedAt: undefined, cycles: 0 };
}

/**
 * What waits after one more answer of a running daemon; `undefined` where nothing waits, no worker is free, or
 * something was started: a session newer than any before, or fewer ready tasks.
 */
export function nextWaiting(
  previous: Waiting | undefined,
  report: Report,
  now: Instant,
): Waiting | undefined {
  const { queue, sessions, pause } = report;
  // Nothing is claimed where the sessions are not known, and nothing is forgotten: the next answer may tell them.
  if (report.isRunning && !pause?.isPaused && queue && !sessions) return previous;
  const ready = queue?.readyUnassignedTasks ?? 0;
  if (!report.isRunning || pause?.isPaused || ready === 0 || freeWorkers(report) === 0) return undefined;

  const newestAt = newestStart(sessions ?? []);
  const hasStarted =
    previous !== undefined && (ready < previous.ready || (newestAt ?? 0) > (previous.newestAt ?? 0));
  const before = hasStarted ? undefined : previous;
  const { completedAt } = cyclesOf(report);
  const cycles = (before?.cycles ?? 0) + cyclesSince(before, report, now);
  const sinceMs = before?.sinceMs ?? now.monotonicMs;
  const isLongNow =
    now.monotonicMs - sinceMs >= NOTHING_STARTED_AFTER_MS && cycles >= NOTHING_STARTED_AFTER_CYCLES;
  const newest = newestAt ?? previous?.newestAt;
  return {
    sinceAt: before?.sinceAt ?? now.wallAt,
    sinceMs,
    askedMs: now.monotonicMs,
    free: freeWorkers(report),
    ready,
    ...(newest !== undefined && { newestAt: newest }),
    isLong: before?.isLong === true || isLongNow,
    completedAt,
    cycles,
  };
}

/**
 * How many cycles a loop completed since the last answer: one that is asked once a minute shows one of many, as its own
 * interval tells. A completion that is older than the answer before is that of a loop slower than its interval.
 */
function cyclesSince(before: Waiting | undefined, report: Report, now: Instant): number {
  const { completedAt } = cyclesOf(report);
  if (before?.completedAt === undefined || completedAt === before.completedAt) return 0;
  const { pollIntervalMs: intervalMs = 0 } = report;
  const byMs = (completedAt ?? 0) - before.completedAt;
  const isOnTime = intervalMs > 0 && byMs <= now.monotonicMs - before.askedMs + intervalMs;
  return isOnTime ? Math.max(1, Math.floor(byMs / intervalMs)) : 1;
}

/**
 * What to tell of it: only after long, and only where a worker is free, by this answer; by the last that told of the
 * sessions, where this one does not.
 */
export function startsNothing(
  waiting: Waiting | undefined,
  report: Report | undefined,
  now: Instant,
): StartsNothing | undefined {
  if (!waiting?.isLong || !report) return undefined;
  const free = report.sessions ? freeWorkers(report) : waiting.free;
  if (free === 0) return undefined;
  return { ready: waiting.ready, free, forMs: now.monotonicMs - waiting.sinceMs };
}

/** Workers that could start a task now: a smithy counts busy ones as available. 0 where the sessions are not known. */
function freeWorkers({ queue, sessions }: Report): number {
  if (!sessions) return 0;
  const busy = sessions.filter(
    ({ role, status }) => role === 'worker' && (status === 'starting' || status === 'running'),
  );
  return Math.max(
    0,
    (queue?.availableWorkers ?? 0) - new Set(busy.map(({ agentId, id }) => agentId ?? id)).size,
  );
}

function newestStart(sessions: readonly Session[]): number | undefined {
  const starts = sessions.flatMap(({ startedAt, createdAt }) => startedAt ?? createdAt ?? []);
  return starts.length === 0 ? undefined : starts.reduce((newest, at) => Math.max(newest, at));
}
