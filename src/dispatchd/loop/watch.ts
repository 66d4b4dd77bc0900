import { duration } from '../../base/time';
import { stamp, type Clock, type Stamp } from '../clock';
import { isPollStale, pollAgeMs, type LoopSample } from './health';
import type { Log } from '../log';
import { whyNot, whyStuck } from './progress';
import { SLEEP_GAP_MS, WATCH_INTERVAL_MAX_MS, WATCH_INTERVAL_MIN_MS } from '../policy';

/** What the watch remembers between ticks. */
export interface WatchState {
  readonly wedgedSince?: number;
  readonly late?: LateCycle;
  readonly stuckSince?: number;
}

/** A cycle that did not complete in time; `endedAt` is there once one did. Epoch milliseconds. */
export interface LateCycle {
  readonly startedAt: number;
  readonly endedAt?: number;
}
export type OnLate = (cycle: LateCycle) => void;

/** One tick: logs each transition. @returns the next state */
function watch(previous: WatchState, sample: LoopSample, now: Stamp, log: Log, onLate: OnLate): WatchState {
  const nowMs = now.monotonicMs;
  const wedged = isPollStale(sample.poll, sample.thresholdMs, nowMs);
  const why = whyStuck(sample);
  const stuck = why !== undefined;
  let { late } = previous;
  if (wedged && previous.wedgedSince === undefined) {
    const ageMs = pollAgeMs(sample.poll, nowMs) ?? 0;
    onLate((late = { startedAt: now.wallMs - ageMs }));
    log.error(`WEDGED: ${whyNot('wedged', sample, undefined, now)}`);
  }
  if (!wedged && previous.wedgedSince !== undefined) {
    const lasted = duration(nowMs - previous.wedgedSince);
    if (late) onLate({ ...late, endedAt: endOf(sample, now) });
    log.info(`RECOVERED: a poll cycle completed, ${lasted} after the wedge was noticed`);
  }
  if (stuck && previous.stuckSince === undefined) {
    log.warn(`STUCK: ${why}`);
  }
  if (!stuck && previous.stuckSince !== undefined) {
    log.info(`RESUMED: the queue moves again after ${duration(nowMs - previous.stuckSince)}`);
  }
  return {
    ...(wedged && { wedgedSince: previous.wedgedSince ?? nowMs, ...(late && { late }) }),
    ...(stuck && { stuckSince: previous.stuckSince ?? nowMs }),
  };
}

/** When the cycle completed, as the wall clock stands now. */
function endOf({ poll }: LoopSample, now: Stamp): number {
  return now.wallMs - (poll.completedAt ? now.monotonicMs - poll.completedAt.monotonicMs : 0);
}

/**
 * Runs `watch` on a timer of its own: the poll loop cannot notice that it hangs.
 * @returns a function that ends the watch
 */
export function startWatch(
  clock: Clock,
  log: Log,
  thresholdMs: number,
  sample: () => LoopSample,
  onLate: OnLate = () => {},
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
    state = watch(state, sample(), now, log, onLate);
  });
}
