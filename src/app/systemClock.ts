import { uptime } from 'node:os';
import type { Clock } from '../base/time';

export const systemClock: Clock = {
  now: () => ({ wallAt: Date.now(), monotonicMs: performance.now(), uptimeMs: uptime() * 1_000 }),
};
