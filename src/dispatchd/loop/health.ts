import { iso, type Stamp } from '../clock';
import { MIN_DEFAULT_STALE_THRESHOLD_MS, STALE_THRESHOLD_INTERVALS } from '../policy';

/** When the poll loop last began and last ended a cycle; absent until it first did. */
export interface PollTimes {
  readonly startedAt?: Stamp;
  readonly completedAt?: Stamp;
  /** The same, also of a cycle that failed. */
  readonly endedAt?: Stamp;
}

/** What the dispatch health is computed from. */
export interface LoopSample {
  readonly poll: PollTimes;
  readonly thresholdMs: number;
  readonly readyTasks: number;
  readonly workers: number;
}

/** The threshold that applies when none was given. */
export function defaultStaleThresholdMs(pollIntervalMs: number): number {
  return Math.max(MIN_DEFAULT_STALE_THRESHOLD_MS, STALE_THRESHOLD_INTERVALS * pollIntervalMs);
}

/**
 * How long the loop has gone without what it owes, on the monotonic clock: since the start of the cycle in flight,
 * or since the last completion when none is in flight. `undefined` before the first cycle: nothing is owed yet.
 */
export function pollAgeMs(poll: PollTimes, nowMonotonicMs: number): number | undefined {
  const { startedAt, completedAt } = poll;
  const inFlight =
    startedAt && (completedAt === undefined || startedAt.monotonicMs > completedAt.monotonicMs);
  const since = inFlight ? startedAt : completedAt;
  return since && nowMonotonicMs - since.monotonicMs;
}

/** Whether the poll loop no longer advances: smithy's rule, but blind to jumps of the wall clock. */
export function isPollStale(poll: PollTimes, thresholdMs: number, nowMonotonicMs: number): boolean {
  const ageMs = pollAgeMs(poll, nowMonotonicMs);
  return ageMs !== undefined && ageMs > thresholdMs;
}

/**
 * Workers count as available also while busy, as in smithy: a busy worker comes free, because its session has a
 * deadline. Only where there are none at all can ready tasks never be taken.
 */
export function isStuck(readyTasks: number, workers: number): boolean {
  return readyTasks > 0 && workers === 0;
}

/** The `health` object of the status, as smithy has it; times are ISO-8601. */
export function dispatchHealth({ poll, thresholdMs, readyTasks, workers }: LoopSample, now: Stamp) {
  const stuck = isStuck(readyTasks, workers);
  return {
    readyUnassignedTasks: readyTasks,
    availableWorkers: workers,
    stuck,
    hasStuckQueue: stuck,
    computedAt: iso(now.wallMs),
    ...(poll.startedAt && { lastPollStartedAt: iso(poll.startedAt.wallMs) }),
    ...(poll.completedAt && { lastPollCompletedAt: iso(poll.completedAt.wallMs) }),
    pollStale: isPollStale(poll, thresholdMs, now.monotonicMs),
  };
}
