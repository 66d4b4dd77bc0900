import { uptime } from 'node:os';
import type { Clock, Instant } from '../base/time';
import { CLOCKS_ALIKE_MS } from './policy';

/**
 * A clock of the three that the system has. The time since boot is in a file on Linux, and dear to read; but a sleep of
 * the machine sets the wall clock forward as well: as long as that goes with the monotonic clock, there was none.
 */
export function clockOf(read: { readonly [K in keyof Instant]: () => number }): Clock {
  let seen: Instant | undefined;
  return {
    now: () => {
      const [wallAt, monotonicMs] = [read.wallAt(), read.monotonicMs()];
      const wentMs = seen ? monotonicMs - seen.monotonicMs : 0;
      if (!seen || Math.abs(wallAt - seen.wallAt - wentMs) > CLOCKS_ALIKE_MS) {
        seen = { wallAt, monotonicMs, uptimeMs: read.uptimeMs() };
        return seen;
      }
      return { wallAt, monotonicMs, uptimeMs: seen.uptimeMs + wentMs };
    },
  };
}

export const systemClock = clockOf({
  wallAt: Date.now,
  monotonicMs: () => performance.now(),
  uptimeMs: () => uptime() * 1_000,
});
