import type { Reason } from './cause';
import type { Report } from './report';
import { staleThresholdMs } from './staleness';
import type { StartsNothing } from './waiting';

/**
 * Why work waits that should not, though the daemon answers and no loop hangs.
 * @param idle that it starts nothing of what waits, where its loop advances
 */
export function whyStuck(report: Report, idle: StartsNothing | undefined): Reason | undefined {
  const { readyUnassignedTasks: ready, availableWorkers: workers, stuck } = report.queue ?? {};
  const isStuck = stuck ?? (ready !== undefined && workers !== undefined && ready > 0 && workers === 0);
  if (isStuck) return { is: 'stuckQueue', ready };
  const overdueMs = pauseOverdueMs(report);
  if (overdueMs !== undefined) return { is: 'pauseOverdue', overdueMs };
  return idle && { is: 'startsNothing', ...idle };
}

/** For how long a pause should be over: counted from its announced end, once some cycles have passed since. */
function pauseOverdueMs(report: Report): number | undefined {
  const { pause, daemonNow } = report;
  if (!pause?.isPaused || pause.resumesAt === undefined || daemonNow === undefined) return undefined;
  const overdueMs = daemonNow - pause.resumesAt;
  return overdueMs > staleThresholdMs(report) ? overdueMs : undefined;
}
