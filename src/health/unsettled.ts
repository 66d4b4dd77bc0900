import type { Instant } from '../base/time';
import { ASSUMED_DAEMON_INTERVAL_MS, CLOCK_SET_MS, MAX_POLL_INTERVAL_MS, SLEEP_GAP_MS } from './policy';
import type { Report } from './report';
import { staleThresholdMs } from './staleness';
import type { Track } from './trackState';

/**
 * After a sleep, when its clock was set, or when its stopped loop was started again, a daemon's timestamps are
 * old although nothing hangs: its loop gets one of its own intervals to run before old times count. Only a clock
 * set twice in a row is not believed.
 */
export function nextUnsettled(
  track: Track,
  report: Report | undefined,
  justWoke: boolean,
  now: Instant,
): Track['unsettled'] {
  if (justWoke) return { sinceMs: now.monotonicMs, why: 'woke' };
  if (report?.isRunning && track.last?.report.isRunning === false) {
    return { sinceMs: now.monotonicMs, why: 'started' };
  }
  if (!track.unsettled) {
    return wasClockSet(track, report, now) ? { sinceMs: now.monotonicMs, why: 'clockSet' } : undefined;
  }
  const graceMs = graceOf(report ?? track.last?.report);
  return now.monotonicMs - track.unsettled.sinceMs < graceMs ? track.unsettled : undefined;
}

/** One interval; of a daemon whose interval nobody knows, as long as a sign of progress may take. */
function graceOf(report: Report | undefined): number {
  if (report?.progress.kind === 'signs' || report?.progress.kind === 'fleet') return staleThresholdMs(report);
  return Math.min(report?.pollIntervalMs ?? ASSUMED_DAEMON_INTERVAL_MS, MAX_POLL_INTERVAL_MS);
}

function wasClockSet({ last }: Track, report: Report | undefined, now: Instant): boolean {
  if (report?.daemonNow === undefined || last?.report.daemonNow === undefined) return false;
  const theirsMs = report.daemonNow - last.report.daemonNow;
  const oursMs = now.monotonicMs - last.at.monotonicMs;
  return theirsMs - oursMs > CLOCK_SET_MS;
}

/** Whether the machine slept since then. */
export function slept(previous: Instant, now: Instant, timerLateMs: number): boolean {
  const sleptMs = now.uptimeMs - previous.uptimeMs - (now.monotonicMs - previous.monotonicMs);
  return sleptMs > SLEEP_GAP_MS || timerLateMs > SLEEP_GAP_MS;
}
