import {
  BACKOFF_FIRST_MS,
  BACKOFF_LONGEST_MS,
  CROSSING_MARGIN_MS,
  FAILURES_BEFORE_RED,
  JITTER_SHARE,
  LATENCY_WINDOW_SAMPLES,
  MIN_POLL_INTERVAL_MS,
  POLL_COST_DIVISOR,
  SLOWEST_POLL_INTERVAL_MS,
  UNFOCUSED_POLL_INTERVAL_MS,
} from './policy';
import type { Instant } from './report';
import type { Track } from './tracker';

/**
 * How long to wait before the next poll, in ms.
 *
 * @param intervalMs the configured interval
 * @param focused whether this VS Code window has the focus
 * @param random a number in [0, 1): windows must not poll in step
 */
export function nextPollDelayMs(
  track: Track,
  { intervalMs, focused, random }: { intervalMs: number; focused: boolean; random: number },
  now: Instant,
): number {
  if (track.restarting) return MIN_POLL_INTERVAL_MS;
  const jitter = 1 + JITTER_SHARE * (2 * random - 1);
  const failuresPast = failuresPastDecision(track);
  if (failuresPast !== undefined) {
    return Math.min(BACKOFF_LONGEST_MS, BACKOFF_FIRST_MS * 2 ** Math.min(failuresPast, 10)) * jitter;
  }
  const wantedMs = Math.max(
    intervalMs,
    affordableIntervalMs(track.latenciesMs),
    focused ? 0 : UNFOCUSED_POLL_INTERVAL_MS * jitter,
  );
  const crossingMs = untilCrossingMs(track, now);
  return crossingMs === undefined
    ? wantedMs
    : Math.min(wantedMs, Math.max(0, crossingMs) + CROSSING_MARGIN_MS);
}

/** The interval at which answers this slow take no more than their share of the daemon's time. */
function affordableIntervalMs(latenciesMs: readonly number[]): number {
  if (latenciesMs.length < LATENCY_WINDOW_SAMPLES) return 0;
  const median = [...latenciesMs].sort((a, b) => a - b)[Math.floor(latenciesMs.length / 2)]!;
  return Math.min(SLOWEST_POLL_INTERVAL_MS, median * POLL_COST_DIVISOR);
}

/** Failures since it was clear that the daemon is down; `undefined` while it is not. */
function failuresPastDecision(track: Track): number | undefined {
  if (!track.streak) return undefined;
  switch (track.verdict.state) {
    case 'offline':
      return track.streak.count - 1;
    case 'unreachable':
    case 'unresponsive':
      return Math.max(0, track.streak.count - FAILURES_BEFORE_RED);
    default:
      return undefined;
  }
}

/** How long until the cycle in flight (or the last completion) is older than the threshold. */
function untilCrossingMs(track: Track, now: Instant): number | undefined {
  const { last } = track;
  if (!last || track.sample?.ok !== true) return undefined;
  if (last.loop?.kind !== 'advancing' && last.loop?.kind !== 'starting') return undefined;
  return last.loop.crossesInMs - (now.monotonicMs - last.at.monotonicMs);
}
