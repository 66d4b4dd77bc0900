import { saidText } from '../../base/said';
import * as v from 'valibot';
import type { Malformed, StrangeAnswer } from '../../health/cause';
import type { DaemonInstance, Progress, Report } from '../../health/report';
import { sessionsOf, type LastRead } from './sessions';
import { SMITHY_TRAITS } from './traits';
import { DISPATCHD_TRAITS } from '../dispatchd/traits';
import { MAX_FIELD_CHARS, MAX_MALFORMED } from './policy';
import { parseTime } from '../read/time';
import { whyNoPath } from '../read/paths';

/** Reads the status of smithy, and of dispatchd, whose status is a superset of it. */

const text = v.pipe(
  v.string(),
  v.transform((value) => saidText(value)),
);
const path = v.pipe(
  v.string(),
  v.check(
    (value) => whyNoPath(value) === undefined,
    ({ input }) => whyNoPath(input) ?? '',
  ),
);
const milliseconds = v.pipe(v.number(), v.finite(), v.minValue(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const time = v.pipe(
  v.string(),
  v.transform(parseTime),
  v.check((at) => Number.isFinite(at), 'noTime' satisfies Malformed['is']),
);

const Health = v.object({
  readyUnassignedTasks: v.optional(count),
  availableWorkers: v.optional(count),
  stuck: v.optional(v.boolean()),
  hasStuckQueue: v.optional(v.boolean()),
  computedAt: v.optional(time),
  lastPollStartedAt: v.optional(time),
  lastPollCompletedAt: v.optional(time),
  pollStale: v.optional(v.boolean()),
});

const Status = v.object({
  isRunning: v.boolean(),
  available: v.optional(v.boolean()),
  reason: v.optional(text),
  config: v.optional(
    v.object({ pollIntervalMs: v.optional(milliseconds), pollStaleThresholdMs: v.optional(milliseconds) }),
  ),
  rateLimit: v.optional(v.object({ isPaused: v.optional(v.boolean()), soonestReset: v.optional(time) })),
  health: v.optional(Health),
  waiting: v.optional(v.object({ count: v.optional(count) })),
  recovery: v.optional(v.object({ atStart: v.optional(v.object({ resumed: count, interrupted: count })) })),
  instance: v.optional(
    v.object({
      id: v.optional(text),
      pid: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
      version: v.optional(text),
      startedAt: v.optional(time),
      workspace: v.optional(path),
      stateDir: v.optional(path),
      startKind: v.optional(v.picklist(['first-start', 'restart', 'reboot'])),
      lastExit: v.optional(v.object({ upMs: v.optional(v.pipe(v.number(), v.finite(), v.minValue(0))) })),
    }),
  ),
});
type Status = v.InferOutput<typeof Status>;

/**
 * A status answer as a report.
 *
 * @param dateAt the answer's `Date` header in epoch ms, the daemon's clock where it gives no `computedAt`
 * @param last the sessions that were read last
 * @returns the report, or why this is not a daemon's status
 */
export function readStatus(
  body: unknown,
  dateAt: number | undefined,
  last?: LastRead,
): Report | StrangeAnswer {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return { is: 'noObject' };
  const { value, malformed } = parseLeniently(body);
  if (value === undefined) return { is: 'noStatus', malformed };
  const named = [...malformed];
  const sessions = sessionsOf(body, (each) => named.push(each), last);

  const health = value.health;
  const stuck = health?.stuck ?? health?.hasStuckQueue;
  const daemonNow = health?.computedAt ?? dateAt;
  const instance = value.instance;
  const isDispatchd = instance?.id !== undefined;
  return {
    kind: isDispatchd ? 'dispatchd' : 'smithy',
    isRunning: value.isRunning,
    ...(value.available !== undefined && { available: value.available }),
    ...(value.reason && { unavailable: { is: 'said', said: value.reason } }),
    ...defined('pollIntervalMs', value.config?.pollIntervalMs),
    ...defined('pollStaleThresholdMs', value.config?.pollStaleThresholdMs),
    ...defined('daemonNow', daemonNow),
    progress: readProgress(health, malformed),
    traits: isDispatchd ? DISPATCHD_TRAITS : SMITHY_TRAITS,
    ...(health && {
      queue: {
        ...defined('readyUnassignedTasks', health.readyUnassignedTasks),
        ...defined('availableWorkers', health.availableWorkers),
        ...defined('waiting', value.waiting?.count),
        ...defined('stuck', stuck),
      },
    }),
    ...(value.rateLimit?.isPaused !== undefined && {
      pause: { isPaused: value.rateLimit.isPaused, ...defined('resumesAt', value.rateLimit.soonestReset) },
    }),
    ...defined('sessions', sessions),
    ...defined('recovery', value.recovery?.atStart),
    ...(instance && { instance: readInstance(instance) }),
    malformed: named.slice(0, MAX_MALFORMED),
  };
}

/** A released smithy tells nothing of its cycles, a newer smithy does. A field that is malformed was told all the same. */
function readProgress(health: Status['health'], malformed: readonly Malformed[]): Progress {
  const cycles = {
    ...defined('startedAt', health?.lastPollStartedAt),
    ...defined('completedAt', health?.lastPollCompletedAt),
    ...defined('stale', health?.pollStale),
  };
  const isTold = Object.keys(cycles).length > 0 || malformed.some(({ field }) => field.startsWith('health'));
  return isTold ? { kind: 'cycles', ...cycles } : { kind: 'untold', by: 'version' };
}

function readInstance({ lastExit, ...instance }: NonNullable<Status['instance']>): DaemonInstance {
  return { ...(instance as DaemonInstance), ...defined('previousUpMs', lastExit?.upMs) };
}

/** Validates; what is malformed is left out and named, so that one bad field does not hide the rest. */
function parseLeniently(body: object): { value: Status | undefined; malformed: readonly Malformed[] } {
  const first = v.safeParse(Status, body);
  if (first.success) return { value: first.output, malformed: [] };
  const malformed = first.issues.slice(0, MAX_MALFORMED).map(toMalformed);
  if (first.issues.some((issue) => v.getDotPath(issue) === 'isRunning')) {
    return { value: undefined, malformed };
  }
  const second = v.safeParse(
    Status,
    withoutPaths(
      body,
      first.issues.map((issue) => (issue.path ?? []).map((item) => String(item.key))),
    ),
  );
  return { value: second.success ? second.output : undefined, malformed };
}

function toMalformed(issue: v.BaseIssue<unknown>): Malformed {
  const field = saidText(v.getDotPath(issue) ?? '?', MAX_FIELD_CHARS);
  if (issue.type === 'check') return { field, is: issue.message as 'noTime' };
  if (issue.received === 'undefined') return { field, is: 'missing' };
  return {
    field,
    is: 'wrong',
    expected: saidText(issue.expected ?? issue.type, MAX_FIELD_CHARS),
    received: saidText(issue.received || typeof issue.input, MAX_FIELD_CHARS),
  };
}

function withoutPaths(value: object, paths: readonly string[][]): object {
  const copy: Record<string, unknown> = { ...value };
  for (const [key, ...rest] of paths) {
    if (key === undefined || !Object.hasOwn(copy, key)) continue;
    const inner = copy[key];
    if (rest.length > 0 && typeof inner === 'object' && inner !== null)
      copy[key] = withoutPaths(inner, [rest]);
    else delete copy[key];
  }
  return copy;
}

function defined<K extends string, T>(key: K, value: T | undefined): { [P in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: T });
}
