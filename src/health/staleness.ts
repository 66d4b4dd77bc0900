import {
  ASSUMED_DAEMON_INTERVAL_MS,
  FUTURE_TOLERANCE_MS,
  STALE_THRESHOLD_FLOOR_MS,
  STALE_THRESHOLD_INTERVALS,
} from './policy';
import type { Report } from './report';

/**
 * Whether a daemon's poll loop advances.
 * `ageMs` is counted from the last completed cycle, or from the start of the one in flight where none
 * ever completed, at the moment of the answer; add what has passed since.
 */
export type Loop =
  | { readonly kind: 'stale'; readonly ageMs: number | undefined; readonly rule: string }
  | { readonly kind: 'starting'; readonly ageMs: number; readonly crossesInMs: number }
  | { readonly kind: 'advancing'; readonly ageMs: number; readonly crossesInMs: number }
  | { readonly kind: 'unknown'; readonly rule: string };

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
export function untoldLoop({ kind }: Report): string {
  return kind === 'ductor'
    ? 'ductor does not tell whether its loop advances'
    : 'this daemon does not report its poll cycles, so a hung loop cannot be told from a working one';
}

/**
 * Judges the poll loop of a *running* daemon by the daemon's own clock; ours never enters.
 * The daemon's `pollStale` is trusted when it says stale; a "not stale" must be borne out by timestamps,
 * since nothing unproven is shown as healthy.
 */
export function assessLoop(report: Report): Loop {
  const { daemonNow, lastPollStartedAt: startedAt, lastPollCompletedAt: completedAt, pollStale } = report;
  const thresholdMs = staleThresholdMs(report);
  const sinceAt = completedAt ?? startedAt;
  const ageMs =
    sinceAt === undefined || daemonNow === undefined ? undefined : Math.max(0, daemonNow - sinceAt);

  if (pollStale === true) return { kind: 'stale', ageMs, rule: 'the daemon says pollStale' };
  const malformed = report.malformed.filter((field) => LOOP_FIELDS.includes(field.split(' ', 1)[0]!));
  if (malformed.length > 0) return { kind: 'unknown', rule: `malformed: ${malformed.join('; ')}` };
  if (sinceAt === undefined || ageMs === undefined) {
    return {
      kind: 'unknown',
      rule: pollStale === undefined ? untoldLoop(report) : 'the daemon gives no time of a poll cycle',
    };
  }
  const newestAt = Math.max(startedAt ?? -Infinity, completedAt ?? -Infinity);
  if (newestAt - daemonNow! > FUTURE_TOLERANCE_MS) {
    return { kind: 'unknown', rule: "its poll times lie in its own clock's future" };
  }

  const inFlight = startedAt !== undefined && (completedAt === undefined || startedAt > completedAt);
  const watchedAt = inFlight ? startedAt : completedAt!;
  const watchedAgeMs = Math.max(0, daemonNow! - watchedAt);
  if (watchedAgeMs > thresholdMs) {
    if (pollStale === false) {
      return { kind: 'unknown', rule: 'the daemon says its loop is not stale, but its poll times are old' };
    }
    const what = inFlight ? 'a poll cycle in flight' : 'the last completed poll cycle';
    return { kind: 'stale', ageMs, rule: `${what} is older than ${thresholdMs / 1000} s` };
  }
  const crossesInMs = thresholdMs - watchedAgeMs;
  return { kind: completedAt === undefined ? 'starting' : 'advancing', ageMs, crossesInMs };
}
