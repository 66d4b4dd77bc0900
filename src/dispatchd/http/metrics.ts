import { SECOND_MS } from '../../base/time';
import type { Figures } from './figures';

/** Prometheus' text format. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export interface Metric {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly of: (figures: Figures) => number;
}

/** A moment that has not come yet is 0: a series that is not there raises no alert. */
const seconds = (ms = 0) => ms / SECOND_MS;

/**
 * Every number of `/metrics`, named as Prometheus' conventions have it: base units, `_total` for what only grows, the
 * moment that something happened and not the time since.
 */
export const METRICS: readonly Metric[] = [
  {
    name: 'process_start_time_seconds',
    type: 'gauge',
    help: 'When this dispatchd started, in seconds since 1970.',
    of: ({ startedAt }) => seconds(startedAt),
  },
  {
    name: 'dispatchd_last_cycle_started_timestamp_seconds',
    type: 'gauge',
    help: 'When the last poll cycle began, in seconds since 1970; 0 before the first.',
    of: ({ loop }) => seconds(loop.poll.startedAt?.wallMs),
  },
  {
    name: 'dispatchd_last_cycle_completed_timestamp_seconds',
    type: 'gauge',
    help: 'When a poll cycle last completed, in seconds since 1970; 0 before the first.',
    of: ({ loop }) => seconds(loop.poll.completedAt?.wallMs),
  },
  {
    name: 'dispatchd_cycle_threshold_seconds',
    type: 'gauge',
    help: 'A poll cycle that takes longer is late: the loop is wedged.',
    of: ({ loop }) => seconds(loop.thresholdMs),
  },
  {
    name: 'dispatchd_cycles_total',
    type: 'counter',
    help: 'Poll cycles that completed.',
    of: ({ cycles }) => cycles.completed,
  },
  {
    name: 'dispatchd_cycles_failed_total',
    type: 'counter',
    help: 'Poll cycles that failed.',
    of: ({ cycles }) => cycles.failed,
  },
  {
    name: 'dispatchd_cycles_late_total',
    type: 'counter',
    help: 'Poll cycles that did not complete within the threshold.',
    of: ({ cycles }) => cycles.late,
  },
  {
    name: 'dispatchd_tasks_queued',
    type: 'gauge',
    help: 'Tasks that wait.',
    of: ({ queued }) => queued,
  },
  {
    name: 'dispatchd_tasks_ready',
    type: 'gauge',
    help: 'Tasks that wait for nothing but a worker.',
    of: ({ loop }) => loop.readyTasks,
  },
  {
    name: 'dispatchd_tasks_running',
    type: 'gauge',
    help: 'Commands that run, each on one worker.',
    of: ({ running }) => running,
  },
  {
    name: 'dispatchd_workers',
    type: 'gauge',
    help: 'Commands that may run at the same time.',
    of: ({ loop }) => loop.workers,
  },
  {
    name: 'dispatchd_tasks_dispatched_total',
    type: 'counter',
    help: 'Commands that were started.',
    of: ({ dispatched }) => dispatched,
  },
  {
    name: 'dispatchd_earliest_deadline_timestamp_seconds',
    type: 'gauge',
    help: 'When the first of the running commands is to be stopped, in seconds since 1970; 0 where none runs.',
    of: ({ earliestDeadlineAt }) => seconds(earliestDeadlineAt),
  },
];

/** The one name with a label, as Prometheus has it for what is built; its value is always 1. */
export const BUILD_INFO = 'dispatchd_build_info';

/** The page that Prometheus reads. No name, command, folder or prompt of anybody stands in it. */
export function metricsPage(figures: Figures): string {
  const lines = METRICS.flatMap(({ name, type, help, of }) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    `${name} ${of(figures)}`,
  ]);
  return [
    `# HELP ${BUILD_INFO} The version of this dispatchd.`,
    `# TYPE ${BUILD_INFO} gauge`,
    `${BUILD_INFO}{version="${figures.version}"} 1`,
    ...lines,
    '',
  ].join('\n');
}
