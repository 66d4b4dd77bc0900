import type { Reason } from './cause';
import type { Report } from './report';
import { staleThresholdMs } from './staleness';
import type { StartsNothing } from './waiting';

/**
 * Why work waits that should not, though the daemon answers and its loop does not hang.
 * @param isAdvancing the loop completes cycles: what only a daemon at work should have done is judged by that
 * @param idle the daemon starts nothing of what waits
 * @param overdue other work that the daemon does not get on with
 * @param isUnsettled old times are to be expected now
 */
export function whyStuck(
  report: Report,
  isAdvancing: boolean,
  idle: StartsNothing | undefined,
  overdue: Reason | undefined,
  isUnsettled = false,
): Reason | undefined {
  const { readyUnassignedTasks: ready, availableWorkers: workers, stuck } = report.queue ?? {};
  const isStuck = stuck ?? (ready !== undefined && workers !== undefined && ready > 0 && workers === 0);
  if (isStuck) return { is: 'stuckQueue', ready };
  const overdueMs = pauseOverdueMs(report);
  if (overdueMs !== undefined) return { is: 'pauseOverdue', overdueMs };
  if (overdue) return overdue;
  const suspect = isUnsettled ? undefined : whatIsSuspect(report);
  if (suspect) return suspect;
  if (!isAdvancing) return undefined;
  if (idle) return { is: 'startsNothing', ...idle };
  const { stuckMerges: count = 0, pause } = report;
  return count > 0 && !pause?.isPaused ? { is: 'mergesStuck', count } : undefined;
}

/** For how long a pause should be over: counted from its announced end, once some cycles have passed since. */
function pauseOverdueMs(report: Report): number | undefined {
  const { pause, daemonNow } = report;
  if (!pause?.isPaused || pause.resumesAt === undefined || daemonNow === undefined) return undefined;
  const overdueMs = daemonNow - pause.resumesAt;
  return overdueMs > staleThresholdMs(report) ? overdueMs : undefined;
}

/** Work of which nobody can tell whether it hangs, where it has been so for longer than its user lets it. */
function whatIsSuspect({ progress, daemonNow }: Report): Reason | undefined {
  if (progress.kind !== 'signs' || !progress.suspect || daemonNow === undefined) return undefined;
  const { is, sinceAt, ...owing } = progress.suspect;
  const forMs = Math.max(0, daemonNow - sinceAt);
  return { is: is === 'silent' ? 'suspectSilent' : 'suspectRun', forMs, ...owing };
}
