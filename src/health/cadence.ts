import { untilDeadlinePollMs } from './deadlines';
import {
  BACKOFF_FIRST_MS,
  BACKOFF_LONGEST_MS,
  CROSSING_MARGIN_MS,
  CROSSING_MIN_GAP_MS,
  DEFAULT_POLL_INTERVAL_MS,
  JITTER_SHARE,
  LATENCY_WINDOW_SAMPLES,
  MAX_RETRY_AFTER_MS,
  MIN_POLL_INTERVAL_MS,
  NOTHING_STARTED_AFTER_MS,
  POLL_COST_DIVISOR,
  SLOWEST_POLL_INTERVAL_MS,
  UNDECIDED_POLL_INTERVAL_MS,
  UNFOCUSED_POLL_INTERVAL_MS,
} from './policy';
import type { Instant } from '../base/time';
import type { Track } from './trackState';
import { severityOf } from './verdict';

/** How often a daemon is to be asked, as things are now. */
export interface Cadence {
  /** As configured. */
  readonly intervalMs: number;
  /** Whether this VS Code window has the focus. */
  readonly focused: boolean;
  /** Whether it is asked on this machine, where a port that nobody listens at refuses at once and at no cost. */
  readonly isLoopback: boolean;
  /** A number in [0, 1): windows must not poll in step. */
  readonly random: number;
}

/** How long to wait before the next poll, in ms. */
export function nextPollDelayMs(
  track: Track,
  { intervalMs, focused, isLoopback, random }: Cadence,
  now: Instant,
): number {
  if (track.restarting) return MIN_POLL_INTERVAL_MS;
  // Another window restarts it: what comes of that is looked at as a failure is that decides nothing yet.
  if (track.facts.restartingElsewhere) return UNDECIDED_POLL_INTERVAL_MS;
  const jitter = 1 + JITTER_SHARE * (2 * random - 1);
  const unfocusedMs = focused ? 0 : UNFOCUSED_POLL_INTERVAL_MS * jitter;
  if (track.downPolls > 0) {
    const slowMs = backoffMs(track.downPolls, intervalMs);
    // Who was started again by hand is not to be red for half a minute more. The system says no, or the daemon hangs up:
    // both cost nothing.
    const kind = track.facts.failure?.kind;
    const isCheap = focused && isLoopback && (kind === 'refused' || kind === 'reset');
    const waitMs = isCheap ? Math.min(slowMs, Math.max(MIN_POLL_INTERVAL_MS, intervalMs)) : slowMs;
    return Math.max(unfocusedMs, waitMs * jitter);
  }
  // Failures that decide nothing yet are looked into at once, however seldom the daemon is asked otherwise.
  if (track.streak && severityOf(track.verdict) !== 'red') return UNDECIDED_POLL_INTERVAL_MS;
  const soonMs = track.streak ? Math.min(intervalMs, DEFAULT_POLL_INTERVAL_MS) : intervalMs;
  const wantedMs = Math.max(
    MIN_POLL_INTERVAL_MS,
    soonMs,
    affordableIntervalMs(track.latenciesMs),
    unfocusedMs,
    askedToWaitMs(track),
  );
  const moments = [untilCrossingMs(track, now), untilDeadlinePollMs(track, now), untilLongMs(track, now)];
  return moments.reduce<number>(
    (delayMs, momentMs) =>
      momentMs === undefined
        ? delayMs
        : Math.min(delayMs, Math.max(CROSSING_MIN_GAP_MS, momentMs + CROSSING_MARGIN_MS)),
    wantedMs,
  );
}

/** It is over its limit of requests: asking sooner makes that last. */
function askedToWaitMs({ sample }: Track): number {
  const cause = sample?.ok === false ? sample.failure.cause : undefined;
  return cause?.is === 'asksToWait' ? Math.min(MAX_RETRY_AFTER_MS, cause.waitMs) : 0;
}

/** Eager at first, then ever slower; in the end as slow as the user wants polls to be, where that is slower. */
function backoffMs(downPolls: number, intervalMs: number): number {
  const longestMs = Math.max(BACKOFF_LONGEST_MS, intervalMs);
  return Math.min(longestMs, BACKOFF_FIRST_MS * 2 ** Math.min(downPolls - 1, 10));
}

/** The interval at which answers this slow take no more than their share of the daemon's time. */
function affordableIntervalMs(latenciesMs: readonly number[]): number {
  if (latenciesMs.length < LATENCY_WINDOW_SAMPLES) return 0;
  const median = [...latenciesMs].sort((a, b) => a - b)[Math.floor(latenciesMs.length / 2)]!;
  return Math.min(SLOWEST_POLL_INTERVAL_MS, median * POLL_COST_DIVISOR);
}

/** How long until what waits has waited for too long; `undefined` where nothing does, or has already. */
function untilLongMs({ waiting, sample }: Track, now: Instant): number | undefined {
  if (!waiting || waiting.isLong || sample?.ok !== true) return undefined;
  const leftMs = waiting.sinceMs + NOTHING_STARTED_AFTER_MS - now.monotonicMs;
  return leftMs > 0 ? leftMs : undefined;
}

/** How long until the cycle in flight (or the last completion) is older than the threshold. */
function untilCrossingMs(track: Track, now: Instant): number | undefined {
  const { last } = track;
  if (!last || track.sample?.ok !== true) return undefined;
  if (!last.loop || last.loop.kind === 'stale' || last.loop.crossesInMs === undefined) return undefined;
  return last.loop.crossesInMs - (now.monotonicMs - last.at.monotonicMs);
}
