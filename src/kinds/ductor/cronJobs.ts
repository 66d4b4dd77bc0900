import * as v from 'valibot';
import { HOUR_MS } from '../../base/time';
import type { OverdueJob } from '../../health/report';
import {
  CRON_WATCH_MS,
  DUCTOR_END_MS,
  DUCTOR_STARTUP_MS,
  MAX_CRON_JOBS,
  MAX_NAME_CHARS,
  MAX_SCHEDULE_CHARS,
} from './policy';
import { id, isoTime, lenient, line } from '../read/schemas';

/** Reads `cron_jobs.json`, and finds the jobs that should have run. */

const Job = v.object({
  id,
  title: line(MAX_NAME_CHARS),
  schedule: v.pipe(v.string(), v.maxLength(MAX_SCHEDULE_CHARS)),
  task_folder: v.string(),
  enabled: v.optional(v.boolean(), true),
  timezone: v.optional(v.string(), ''),
  created_at: lenient(isoTime),
  last_run_at: v.optional(v.nullable(isoTime)),
  quiet_start: v.optional(v.nullable(v.number())),
  quiet_end: v.optional(v.nullable(v.number())),
  dependency: v.optional(v.nullable(v.string())),
});
type Job = v.InferOutput<typeof Job>;
const Jobs = v.object({ jobs: v.array(Job) });

/** What is needed to judge the jobs of one life. Epoch ms. */
export interface CronLife {
  /** When it noted its start. */
  readonly startedAt: number;
  readonly nowAt: number;
  /** Its own time zone; empty where it takes that of the machine. */
  readonly zone: string;
  /** How long it lets a job run, in ms; `undefined` = without end. */
  readonly limitMs: number | undefined;
}

/** A job that should have begun. */
export interface LateJob extends OverdueJob {
  /** Until then it may be running: its run is noted at its end. */
  readonly mayRunUntilAt: number;
}

/** What is known of one job. Epoch ms. */
interface Seen {
  readonly definition: string;
  /** Since when it is defined so. */
  readonly definedAt: number;
  /** The first moment at which it falls due after another, as worked out last. */
  readonly due?: { readonly afterAt: number; readonly at: number | undefined };
}

/**
 * The jobs of a ductor, and since when each is as it is. A job is judged from then on only: what is due while it is made,
 * changed or enabled, or while the daemon starts, may be passed over.
 */
export class CronJobs {
  #seen: ReadonlyMap<string, Seen> = new Map();

  /**
   * Those that are past their time, the earliest first.
   *
   * @param value the content of the file. ductor knows no job at all where one of them cannot be read.
   * @param changedAt when the file was written last, epoch ms
   */
  async late(value: unknown, changedAt: number, life: CronLife): Promise<readonly LateJob[] | undefined> {
    const read = v.safeParse(Jobs, value);
    if (!read.success) return undefined;
    const jobs = read.output.jobs.slice(0, MAX_CRON_JOBS);
    const schedule = jobs.some(isPlain) ? await import('./schedule') : undefined;
    const seen = new Map<string, Seen>();
    const late = jobs.flatMap((job) => {
      const zone = job.timezone || life.zone || undefined;
      const definition = JSON.stringify([job.enabled, job.schedule, zone]);
      const known = this.#seen.get(job.id);
      const isSame = known?.definition === definition;
      const definedAt = isSame ? known.definedAt : changedAt;
      const afterAt = Math.max(
        job.last_run_at ?? 0,
        job.created_at ?? 0,
        life.startedAt + DUCTOR_STARTUP_MS,
        definedAt + CRON_WATCH_MS,
      );
      const isKnown = isSame && known.due?.afterAt === afterAt;
      const dueAt = isKnown
        ? known.due?.at
        : isPlain(job)
          ? schedule?.nextDue(job.schedule, zone, afterAt)
          : undefined;
      seen.set(job.id, { definition, definedAt, due: { afterAt, at: dueAt } });
      if (dueAt === undefined || !schedule) return [];
      // ductor waits by the clock on the wall: where that is moved, it is an hour late.
      const judgedAt = schedule.isClockMoved(zone, afterAt, dueAt) ? dueAt + HOUR_MS : dueAt;
      if (judgedAt > life.nowAt) return [];
      const mayRunUntilAt = judgedAt + (life.limitMs ?? Infinity) + DUCTOR_END_MS;
      return { name: job.title || job.id, dueAt, waitsSinceAt: afterAt, mayRunUntilAt };
    });
    this.#seen = seen;
    return late.sort((one, other) => one.dueAt - other.dueAt);
  }
}

/** A job in quiet hours is passed over and nothing is noted; one with a dependency waits for others of unknown length. */
function isPlain({ enabled, quiet_start, quiet_end, dependency }: Job): boolean {
  return enabled && (quiet_start ?? quiet_end ?? undefined) === undefined && !dependency;
}
