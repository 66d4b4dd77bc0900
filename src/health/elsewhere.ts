import type { Instant } from '../base/time';
import { RESTART_ELSEWHERE_LONGEST_MS } from './policy';
import type { Sample } from './report';
import type { RestartElsewhere, Track } from './trackState';

/** One restart is counted from when it was first seen, whatever the clocks of both windows say. */
export function nextElsewhere(
  { restarting, elsewhere }: Track,
  restart: RestartElsewhere | undefined,
  now: Instant,
): Track['elsewhere'] {
  if (!restart || restarting) return undefined;
  const { beganAt } = restart;
  return elsewhere?.beganAt === beganAt ? elsewhere : { beganAt, sinceMs: now.monotonicMs };
}

/** A restart that lasts longer than any does is none. */
export function isRestarting(elsewhere: Track['elsewhere'], now: Instant): boolean {
  return (
    elsewhere !== undefined &&
    now.wallAt - elsewhere.beganAt < RESTART_ELSEWHERE_LONGEST_MS &&
    now.monotonicMs - elsewhere.sinceMs < RESTART_ELSEWHERE_LONGEST_MS
  );
}

/**
 * Whether to look for a restart in another window: where a daemon that was up does not answer or began another life, and
 * as long as such a restart lasts.
 */
export function looksElsewhere({ restarting, seenUpAt, elsewhere, last }: Track, sample: Sample): boolean {
  if (restarting || seenUpAt === undefined) return false;
  if (!sample.ok || elsewhere) return true;
  const [before, after] = [last?.report.instance?.id, sample.report.instance?.id];
  return before !== undefined && after !== undefined && before !== after;
}
