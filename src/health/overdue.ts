import type { Instant } from '../base/time';
import type { Reason } from './cause';
import { HANGS_AFTER_LOOKS, HANGS_AFTER_MS, OVERDUE_AFTER_MS } from './policy';
import type { OverdueJob, Report } from './report';

/** What was seen again and again without a break. */
interface Seen {
  /** Monotonic ms of the first look. */
  readonly sinceMs: number;
  readonly looks: number;
}

/** Work that its daemon does not get on with, as far as this window has seen. */
export interface Overdue {
  /** Turns without a process, by id. */
  readonly turns: ReadonlyMap<string, Seen>;
  /** Jobs past their time, by name and time. */
  readonly jobs: ReadonlyMap<string, Seen>;
  /** When the machine woke last, by the daemon's clock. */
  readonly wokeAt?: number;
}

const keyOf = ({ name, dueAt }: OverdueJob): string => `${dueAt} ${name}`;

/** What is overdue after one more answer. One look without a sign, or without any knowledge, begins anew. */
export function nextOverdue(
  previous: Overdue | undefined,
  report: Report,
  justWoke: boolean,
  now: Instant,
): Overdue | undefined {
  const { turnsWithoutProcess = [], overdueJobs = [], daemonNow = now.wallAt, isRunning, starting } = report;
  const wokeAt = justWoke ? daemonNow : previous?.wokeAt;
  const isAtWork = isRunning && !starting;
  const turns = isAtWork ? turnsWithoutProcess : [];
  const jobs = isAtWork ? overdueJobs.filter((job) => !waitsLonger(job, wokeAt, daemonNow)) : [];
  if (turns.length === 0 && jobs.length === 0 && wokeAt === undefined) return undefined;
  const before = justWoke ? undefined : previous;
  return {
    turns: again(before?.turns, turns, now),
    jobs: again(before?.jobs, jobs.map(keyOf), now),
    ...(wokeAt !== undefined && { wokeAt }),
  };
}

/** A timer stands still while the machine sleeps: after that it may have to wait as long as it was set for. */
function waitsLonger(
  { dueAt, waitsSinceAt }: OverdueJob,
  wokeAt: number | undefined,
  nowAt: number,
): boolean {
  return wokeAt !== undefined && waitsSinceAt < wokeAt && nowAt < wokeAt + (dueAt - waitsSinceAt);
}

function again(
  before: ReadonlyMap<string, Seen> | undefined,
  keys: readonly string[],
  { monotonicMs }: Instant,
): ReadonlyMap<string, Seen> {
  return new Map(
    keys.map((key) => {
      const { sinceMs, looks } = before?.get(key) ?? { sinceMs: monotonicMs, looks: 0 };
      return [key, { sinceMs, looks: looks + 1 }];
    }),
  );
}

/** What to tell of it, once it has lasted. */
export function whatIsOverdue(
  overdue: Overdue | undefined,
  report: Report,
  now: Instant,
): Reason | undefined {
  const lasts = ({ sinceMs }: Seen, afterMs: number) => now.monotonicMs - sinceMs >= afterMs;
  const hanging = [...(overdue?.turns.values() ?? [])].filter(
    (turn) => turn.looks >= HANGS_AFTER_LOOKS && lasts(turn, HANGS_AFTER_MS),
  );
  if (hanging.length > 0) return { is: 'turnHangs', count: hanging.length };
  const late = (report.overdueJobs ?? []).filter((job) => {
    const seen = overdue?.jobs.get(keyOf(job));
    return seen !== undefined && lasts(seen, OVERDUE_AFTER_MS);
  });
  const [first] = [...late].sort((one, other) => one.dueAt - other.dueAt);
  if (!first) return undefined;
  const { daemonNow = now.wallAt } = report;
  return { is: 'jobOverdue', name: first.name, dueAt: first.dueAt, daemonNow, others: late.length - 1 };
}
