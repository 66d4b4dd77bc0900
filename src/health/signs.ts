import type { Reason } from './cause';
import type { Loop } from './loop';
import { FUTURE_TOLERANCE_MS } from './policy';
import type { Signs } from './progress';
import type { Report } from './report';

/**
 * Judges a daemon of an unknown make by the proof that its user named: it is well as long as its last sign is younger
 * than the threshold, and hangs where it has owed the next one for longer. Where it owes none, old signs tell nothing.
 *
 * @param daemonNow epoch ms on the daemon's clock; without it no sign has an age
 */
export function assessSigns(
  { by, provenAt, owedSinceAt, waiting = 0, unknown, of, suspect, isNeverRed, isToldBefore }: Signs,
  daemonNow: number | undefined,
  thresholdMs: number,
): Loop {
  if (unknown) return { kind: 'unknown', why: unknown };
  if (daemonNow === undefined) return { kind: 'unknown', why: { is: 'noCycleTimes' } };
  if (provenAt !== undefined && provenAt - daemonNow > FUTURE_TOLERANCE_MS) {
    return { kind: 'unknown', why: { is: 'signInFuture' } };
  }
  const ageMs = provenAt === undefined ? undefined : Math.max(0, daemonNow - provenAt);
  const owedMs = owedSinceAt === undefined ? undefined : Math.max(0, daemonNow - owedSinceAt);
  if (owedMs !== undefined && owedMs > thresholdMs && !isNeverRed) {
    return {
      kind: 'stale',
      ageMs: ageMs ?? owedMs,
      stale: { is: 'noSign', by, thresholdMs, ...(of && { of }) },
    };
  }
  if (suspect?.is === 'silent') return { kind: 'unknown', why: { is: 'noSignYet', by } };
  const crosses = (inMs: number) => (isToldBefore ? {} : { crossesInMs: inMs });
  if (ageMs !== undefined && ageMs <= thresholdMs) {
    return { kind: 'advancing', ageMs, ...crosses(thresholdMs - (owedMs ?? ageMs)) };
  }
  if (owedMs !== undefined) {
    return { kind: 'unknown', why: { is: 'noSignYet', by }, ...crosses(thresholdMs - owedMs) };
  }
  return { kind: 'unknown', why: waiting > 0 ? { is: 'nobodyWorks', waiting } : { is: 'nothingOwed' } };
}

/** Whether the daemon has a poll loop of a known make: it is told of, or known not to be. */
export function tellsOfLoop({ progress }: Pick<Report, 'progress'>): boolean {
  if (progress.kind === 'signs' || progress.kind === 'fleet') return false;
  return !(progress.kind === 'untold' && progress.by === 'settings');
}

/** Why a daemon counts as well, whose loop or whose signs advance. */
export function whyHealthy(report: Report | undefined): Reason {
  const { progress } = report ?? {};
  if (progress?.kind === 'fleet') return { is: 'allGetOn', by: progress.by, count: progress.series.length };
  return progress?.kind === 'signs' ? { is: 'getsOn', by: progress.by } : { is: 'loopAdvances' };
}

/** Why a daemon counts as stopped, where it says so. */
export function whyStopped(report: Report): Reason | undefined {
  if (report.isRunning) return undefined;
  return tellsOfLoop(report) ? { is: 'loopStopped' } : { is: 'saysStopped' };
}
