import { iso } from '../clock';
import { progressOf, whyNot, whyStuck, type Progress } from '../loop/progress';
import { MIN_RED_AFTER_MS } from '../policy';
import type { Figures } from './figures';

/** draft-inadarei-api-health-check, the one that calls itself health+json. */
export const HEALTH_TYPE = 'application/health+json; charset=utf-8';

type Status = 'pass' | 'warn' | 'fail';

const STATUS_OF: Readonly<Record<Progress, Status>> = {
  advancing: 'pass',
  slow: 'warn',
  starting: 'fail',
  failing: 'fail',
  wedged: 'fail',
};

const BY_WEIGHT = ['fail', 'warn', 'pass'] as const;

/**
 * The body of `/health`. It passes only where a cycle completed within the threshold. The time of the check of the loop
 * is that of its last completed cycle, so that a reader who trusts no status sees the same.
 */
export function healthChecks(figures: Figures) {
  const { now, loop, failure, cycles, version } = figures;
  const progress = progressOf(loop, failure, now);
  const { completedAt } = loop.poll;
  const ofLoop = {
    ...check(STATUS_OF[progress], whyNot(progress, loop, failure, now)),
    componentType: 'component',
    observedValue: cycles.completed,
    observedUnit: 'cycles',
    ...(completedAt && { time: iso(completedAt.wallMs) }),
  };
  const stuck = whyStuck(loop);
  const ofQueue = {
    ...check(stuck === undefined ? 'pass' : 'warn', stuck),
    componentType: 'component',
    observedValue: loop.readyTasks,
    observedUnit: 'tasks',
  };
  const status = BY_WEIGHT.find((each) => each === ofLoop.status || each === ofQueue.status) ?? 'pass';
  const worst = [ofLoop, ofQueue].find((each) => each.status === status);
  return {
    ...check(status, worst?.output),
    releaseId: version,
    progress: proofOf(figures),
    checks: { 'pollLoop:cycles': [ofLoop], 'queue:ready': [ofQueue] },
  };
}

/**
 * What tells progress from presence, as docs/health-contract.md has it for a schedule: the loop owes a cycle that has
 * begun until it ends, and the next one from when it is due.
 */
function proofOf({ loop, startedAt: bornAt, intervalMs }: Figures) {
  const { startedAt, endedAt } = loop.poll;
  const isInFlight = startedAt && (!endedAt || startedAt.monotonicMs > endedAt.monotonicMs);
  return {
    version: 1,
    lastCompletedAt: endedAt ? iso(endedAt.wallMs) : null,
    owedSinceAt: isInFlight ? iso(startedAt.wallMs) : startedAt ? null : iso(bornAt),
    nextDueAt: startedAt ? iso(startedAt.wallMs + intervalMs) : null,
    redAfterMs: Math.max(MIN_RED_AFTER_MS, loop.thresholdMs),
  };
}

/** A status, and why it is not better. */
function check(status: Status, output: string | undefined) {
  return { status, ...(output !== undefined && { output }) };
}
