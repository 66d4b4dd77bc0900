import { duration } from '../../base/time';
import { stamp, type Clock, type Stamp } from '../clock';
import { isPollStale, isStuck, pollAgeMs, type PollTimes } from './health';
import type { Log } from '../log';
import { SLEEP_GAP_MS, WATCH_INTERVAL_MAX_MS, WATCH_INTERVAL_MIN_MS } from '../policy';

/** What the watch looks at, at one tick. */
export interface WatchSample {
  readonly poll: PollTimes;
  readonly thresholdMs: number;
  readonly readyTasks: number;
  readonly workers: number;
}

/** What the watch remembers between ticks. */
export interface WatchState {
  readonly wedgedSince?: number;
  readonly stuckSince?: number;
}

export interface WatchLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly text: string;
}

/** One tick: the next state, and one line for each transition. */
function watch(
  previous: WatchState,
  sample: WatchSample,
  now: Stamp,
): { next: WatchState; lines: readonly WatchLine[] } {
  const nowMs = now.monotonicMs;
  const lines: WatchLine[] = [];
  const wedged = isPollStale(sample.poll, sample.thresholdMs, nowMs);
  const stuck = isStuck(sample.readyTasks, sample.workers);
  if (wedged && previous.wedgedSince === undefined) {
    const age = duration(pollAgeMs(sample.poll, nowMs) ?? 0);
    const threshold = duration(sample.thresholdMs);
    lines.push({
      level: 'error',
      text: `WEDGED: no poll cycle has completed for ${age} (threshold ${threshold})`,
    });
  }
  if (!wedged && previous.wedgedSince !== undefined) {
    const lasted = duration(nowMs - previous.wedgedSince);
    lines.push({
      level: 'info',
      text: `RECOVERED: a poll cycle completed, ${lasted} after the wedge was noticed`,
    });
  }
  if (stuck && previous.stuckSince === undefined) {
    const tasks = sample.readyTasks === 1 ? '1 task is' : `${sample.readyTasks} tasks are`;
    lines.push({ level: 'warn', text: `STUCK: ${tasks} ready and there is no worker to take them` });
  }
  if (!stuck && previous.stuckSince !== undefined) {
    lines.push({
      level: 'info',
      text: `RESUMED: the queue moves again after ${duration(nowMs - previous.stuckSince)}`,
    });
  }
  return {
    next: {
      ...(wedged && { wedgedSince: previous.wedgedSince ?? nowMs }),
      ...(stuck && { stuckSince: previous.stuckSince ?? nowMs }),
    },
    lines,
  };
}

/**
 * Runs `watch` on a timer of its own: the poll loop cannot notice that it hangs.
 * @returns a function that ends the watch
 */
export function startWatch(
  clock: Clock,
  log: Log,
  thresholdMs: number,
  sample: () => WatchSample,
): () => void {
  const intervalMs = Math.max(WATCH_INTERVAL_MIN_MS, Math.min(WATCH_INTERVAL_MAX_MS, thresholdMs / 4));
  let state: WatchState = {};
  let lastTickMs = clock.monotonicMs();
  return clock.every(intervalMs, () => {
    const now = stamp(clock);
    const sleptMs = now.monotonicMs - lastTickMs - intervalMs;
    lastTickMs = now.monotonicMs;
    // After a sleep the loop first gets the chance to run a cycle.
    if (sleptMs > SLEEP_GAP_MS) return;
    const { next, lines } = watch(state, sample(), now);
    state = next;
    for (const { level, text } of lines) log[level](text);
  });
}
