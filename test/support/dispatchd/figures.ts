import type { Figures } from '../../../src/dispatchd/http/figures';

/** What a dispatchd that has done nothing yet tells of itself, but for these. */
export function figuresOf(parts: Partial<Figures>): Figures {
  return {
    now: { wallMs: 0, monotonicMs: 0 },
    version: '1.2.3',
    startedAt: 0,
    loop: { poll: {}, thresholdMs: 60_000, readyTasks: 0, workers: 1 },
    intervalMs: 5_000,
    failure: undefined,
    cycles: { completed: 0, failed: 0, late: 0 },
    queued: 0,
    running: 0,
    dispatched: 0,
    earliestDeadlineAt: undefined,
    ...parts,
  };
}
