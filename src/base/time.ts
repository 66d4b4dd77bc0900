import { uptime } from 'node:os';
import type { Instant } from '../health/report';

/** Where time comes from; tests pass their own. */
export interface Clock {
  now(): Instant;
}

export const systemClock: Clock = {
  now: () => ({ wallAt: Date.now(), monotonicMs: performance.now(), uptimeMs: uptime() * 1_000 }),
};
