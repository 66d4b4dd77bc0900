import { duration } from '../../base/time';
import type { Stamp } from '../clock';
import { isPollStale, isStuck, pollAgeMs, type LoopSample } from './health';

/** How the loop gets on. `slow`: the cycle in flight is in time, but the last one has completed longer ago than that. */
export type Progress = 'advancing' | 'slow' | 'starting' | 'failing' | 'wedged';

/**
 * How the loop gets on, by the times that its cycles set and nothing else: a timer beside it would go on without it.
 * @param failure why the last cycle failed, where it did
 */
export function progressOf(
  { poll, thresholdMs }: LoopSample,
  failure: string | undefined,
  { monotonicMs: nowMs }: Stamp,
): Progress {
  if (isPollStale(poll, thresholdMs, nowMs)) return 'wedged';
  if (failure !== undefined) return 'failing';
  if (!poll.completedAt) return 'starting';
  return nowMs - poll.completedAt.monotonicMs > thresholdMs ? 'slow' : 'advancing';
}

/** Why the loop does not get on as it should, in a sentence; `undefined` where it does. */
export function whyNot(
  progress: Progress,
  { poll, thresholdMs }: LoopSample,
  failure: string | undefined,
  { monotonicMs: nowMs }: Stamp,
): string | undefined {
  const threshold = `(threshold ${duration(thresholdMs)})`;
  switch (progress) {
    case 'advancing':
      return undefined;
    case 'slow':
      return `the last poll cycle completed ${duration(nowMs - (poll.completedAt?.monotonicMs ?? nowMs))} ago ${threshold}`;
    case 'starting':
      return 'starting';
    case 'failing':
      return `poll cycles fail: ${failure}`;
    case 'wedged':
      return `no poll cycle has completed for ${duration(pollAgeMs(poll, nowMs) ?? 0)} ${threshold}`;
  }
}

/** Why the queue cannot move, in a sentence; `undefined` where it can. */
export function whyStuck({ readyTasks, workers }: LoopSample): string | undefined {
  if (!isStuck(readyTasks, workers)) return undefined;
  return readyTasks === 1
    ? '1 task is ready and there is no worker to take it'
    : `${readyTasks} tasks are ready and there is no worker to take them`;
}
