import {
  ASSUMED_DAEMON_INTERVAL_MS,
  BEGUN_IN_VAIN,
  FUTURE_TOLERANCE_MS,
  STALE_THRESHOLD_FLOOR_MS,
  STALE_THRESHOLD_INTERVALS,
} from './policy';
import type { Cycles, Report } from './report';
import type { LoopUnknown } from './cause';
import { assessFleet, oldestSignAt } from './fleet';
import type { Loop } from './loop';
import { assessSigns, tellsOfLoop } from './signs';

/** The cycles that were seen to begin since a loop last completed one. Epoch ms on the daemon's clock. */
export interface BegunCycles {
  /** The last completion; `undefined` where there was none yet. */
  readonly completedAt: number | undefined;
  readonly firstStartedAt: number;
  readonly lastStartedAt: number;
  /** How many different ones; one that was begun between two samples and given up again was not seen. */
  readonly count: number;
}

/** Since when the last time that a loop told is the same. */
export interface NewestTime {
  /** Epoch ms on the daemon's clock; `undefined` where none is told. */
  readonly at: number | undefined;
  /** Monotonic ms on ours. */
  readonly sinceMs: number;
}

/** The last time that a loop told, after one more report. @param justWoke the machine slept, and the loop with it */
export function nextNewest(
  previous: NewestTime | undefined,
  report: Report,
  justWoke: boolean,
  nowMs: number,
): NewestTime {
  const { startedAt, completedAt } = cyclesOf(report);
  const times = [startedAt, completedAt].filter((at) => at !== undefined);
  const at = times.length === 0 ? undefined : Math.max(...times);
  return previous && previous.at === at && !justWoke ? previous : { at, sinceMs: nowMs };
}

/** What an answer tells of the daemon's poll cycles: nothing where the answer does not tell whether the loop advances. */
export function cyclesOf({ progress }: Partial<Pick<Report, 'progress'>>): Omit<Cycles, 'kind'> {
  if (progress?.kind === 'signs') {
    return progress.provenAt === undefined ? {} : { completedAt: progress.provenAt };
  }
  if (progress?.kind === 'fleet') {
    const completedAt = oldestSignAt(progress);
    return completedAt === undefined ? {} : { completedAt };
  }
  return progress?.kind === 'cycles' ? progress : {};
}

/** For how long the cycle in flight had run at the moment of the answer; `undefined` where none is known to be. */
export function inFlightMs(report: Report): number | undefined {
  const { startedAt, completedAt } = cyclesOf(report);
  if (startedAt === undefined || report.daemonNow === undefined) return undefined;
  const isOver = completedAt !== undefined && completedAt >= startedAt;
  return isOver ? undefined : Math.max(0, report.daemonNow - startedAt);
}

/** Whether no answer of this daemon ever tells whether its loop advances. */
export function isNeverTold({ progress }: Pick<Report, 'progress'>): boolean {
  return progress.kind === 'untold' && progress.by !== 'version';
}

/** Whether the loop of the daemon itself gave this answer. */
export function answersItself({ progress }: Pick<Report, 'progress'>): boolean {
  return progress.kind === 'untold' && progress.answersItself === true;
}

/** The cycles begun since the last completion, after one more report. */
export function nextBegun(previous: BegunCycles | undefined, report: Report): BegunCycles | undefined {
  const { startedAt, completedAt } = cyclesOf(report);
  if (startedAt === undefined || (completedAt !== undefined && startedAt <= completedAt)) return undefined;
  const isSameWait = previous?.completedAt === completedAt && startedAt >= (previous?.lastStartedAt ?? 0);
  if (!previous || !isSameWait) {
    return { completedAt, firstStartedAt: startedAt, lastStartedAt: startedAt, count: 1 };
  }
  if (startedAt === previous.lastStartedAt) return previous;
  return { ...previous, lastStartedAt: startedAt, count: previous.count + 1 };
}

/** What a loop is judged by. Another malformed field says nothing about the loop. */
const LOOP_FIELDS: readonly string[] = [
  'health',
  'health.computedAt',
  'health.lastPollStartedAt',
  'health.lastPollCompletedAt',
  'health.pollStale',
];

/** The age at which a cycle counts as stale, in ms: the daemon's own, else the rule it would use. */
export function staleThresholdMs(report: Report): number {
  return (
    report.pollStaleThresholdMs ??
    Math.max(
      STALE_THRESHOLD_FLOOR_MS,
      STALE_THRESHOLD_INTERVALS * (report.pollIntervalMs ?? ASSUMED_DAEMON_INTERVAL_MS),
    )
  );
}

/** Why nothing is known of the loop of a daemon that tells nothing of its cycles. */
export function untoldLoop(report: Report): LoopUnknown {
  if (answersItself(report)) return { is: 'intakeUntold' };
  if (!tellsOfLoop(report)) return { is: 'noProofNamed' };
  return isNeverTold(report) ? { is: 'untoldByKind', kind: report.kind } : { is: 'untoldByVersion' };
}

/**
 * Judges the poll loop of a *running* daemon by the daemon's own clock; ours never enters.
 * The daemon's `pollStale` is trusted when it says stale; a "not stale" must be borne out by timestamps,
 * since nothing unproven is shown as healthy. A loop that begins cycle after cycle and completes none proves nothing either.
 *
 * @param begun the cycles that were seen to begin since the last completion
 * @param unchangedMs for how long the times that it tells have been the same, by our clock: all that counts where its own
 *   clock was set back, since those times then lie in its future, and its `pollStale` goes by them
 */
export function assessLoop(report: Report, begun?: BegunCycles, unchangedMs = 0): Loop {
  const { daemonNow } = report;
  const { startedAt, completedAt, stale } = cyclesOf(report);
  const thresholdMs = staleThresholdMs(report);
  if (report.progress.kind === 'signs') return assessSigns(report.progress, daemonNow, thresholdMs);
  if (report.progress.kind === 'fleet') return assessFleet(report.progress, daemonNow);
  const sinceAt = completedAt ?? startedAt;
  const ageMs =
    sinceAt === undefined || daemonNow === undefined ? undefined : Math.max(0, daemonNow - sinceAt);

  if (stale === true) return { kind: 'stale', ageMs, stale: { is: 'pollStale' } };
  const malformed = report.malformed.filter(({ field }) => LOOP_FIELDS.includes(field));
  if (malformed.length > 0) return { kind: 'unknown', why: { is: 'malformed', malformed } };
  if (sinceAt === undefined || ageMs === undefined) {
    return {
      kind: 'unknown',
      why: stale === undefined ? untoldLoop(report) : { is: 'noCycleTimes' },
    };
  }
  const newestAt = Math.max(startedAt ?? -Infinity, completedAt ?? -Infinity);
  if (newestAt - daemonNow! > FUTURE_TOLERANCE_MS) {
    const owedMs = thresholdMs + (report.pollIntervalMs ?? ASSUMED_DAEMON_INTERVAL_MS);
    return unchangedMs > owedMs
      ? { kind: 'stale', ageMs: unchangedMs, stale: { is: 'unchanged', thresholdMs } }
      : { kind: 'unknown', why: { is: 'timesInFuture' }, crossesInMs: owedMs - unchangedMs };
  }

  const inFlight = startedAt !== undefined && (completedAt === undefined || startedAt > completedAt);
  const watchedAt = inFlight ? startedAt : completedAt!;
  const watchedAgeMs = Math.max(0, daemonNow! - watchedAt);
  if (watchedAgeMs > thresholdMs) {
    if (stale === false) {
      return { kind: 'unknown', why: { is: 'timesContradict' } };
    }
    return { kind: 'stale', ageMs, stale: { is: inFlight ? 'cycleInFlight' : 'lastCycle', thresholdMs } };
  }
  const crossesInMs = thresholdMs - watchedAgeMs;
  if (inFlight && begun && begun.count >= BEGUN_IN_VAIN) {
    const owedMs = daemonNow! - (completedAt ?? begun.firstStartedAt);
    if (owedMs > thresholdMs + (report.pollIntervalMs ?? ASSUMED_DAEMON_INTERVAL_MS)) {
      return { kind: 'unknown', why: { is: 'begunInVain', forMs: owedMs }, crossesInMs };
    }
  }
  return { kind: completedAt === undefined ? 'starting' : 'advancing', ageMs, crossesInMs };
}
