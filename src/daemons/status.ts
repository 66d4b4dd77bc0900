import * as v from 'valibot';
import type { DaemonInstance, Report, Session } from '../health/report';
import { cleanText } from './text';

/** Reads the status of smithy, and of dispatchd, whose status is a superset of it. */

const text = v.pipe(
  v.string(),
  v.transform((value) => cleanText(value)),
);
const path = v.pipe(v.string(), v.maxLength(4_096));
const milliseconds = v.pipe(v.number(), v.finite(), v.minValue(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const time = v.pipe(
  v.string(),
  v.transform(parseTime),
  v.check((at) => Number.isFinite(at), 'is not an ISO time with its zone'),
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
  instance: v.optional(
    v.object({
      id: v.optional(text),
      pid: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
      version: v.optional(text),
      startedAt: v.optional(time),
      workspace: v.optional(path),
      stateDir: v.optional(path),
    }),
  ),
});
type Status = v.InferOutput<typeof Status>;

/**
 * A status answer as a report.
 *
 * @param dateAt the answer's `Date` header in epoch ms, the daemon's clock where it gives no `computedAt`
 * @returns the report, or why this is not a daemon's status, in words
 */
export function readStatus(body: unknown, dateAt: number | undefined): Report | string {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return 'its answer is not an object';
  const { value, malformed } = parseLeniently(body);
  if (typeof value === 'string') return value;

  const health = value.health;
  const stuck = health?.stuck ?? health?.hasStuckQueue;
  const daemonNow = health?.computedAt ?? dateAt;
  const instance = value.instance;
  const hasSessions = 'sessions' in body && Array.isArray(body.sessions);
  return {
    kind: instance?.id === undefined ? 'smithy' : 'dispatchd',
    isRunning: value.isRunning,
    ...(value.available !== undefined && { available: value.available }),
    ...(value.reason !== undefined && { unavailableReason: value.reason }),
    ...defined('pollIntervalMs', value.config?.pollIntervalMs),
    ...defined('pollStaleThresholdMs', value.config?.pollStaleThresholdMs),
    ...defined('daemonNow', daemonNow),
    ...defined('lastPollStartedAt', health?.lastPollStartedAt),
    ...defined('lastPollCompletedAt', health?.lastPollCompletedAt),
    ...defined('pollStale', health?.pollStale),
    ...(health && {
      queue: {
        ...defined('readyUnassignedTasks', health.readyUnassignedTasks),
        ...defined('availableWorkers', health.availableWorkers),
        ...defined('stuck', stuck),
      },
    }),
    ...(value.rateLimit?.isPaused !== undefined && {
      pause: { isPaused: value.rateLimit.isPaused, ...defined('resumesAt', value.rateLimit.soonestReset) },
    }),
    ...(hasSessions && { sessions: readSessions((body as { sessions: unknown[] }).sessions) }),
    ...(instance && { instance: instance as DaemonInstance }),
    malformed,
  };
}

/** ISO 8601 with its zone, in epoch ms; NaN for all else, much of which `Date.parse` would take for a time. */
function parseTime(value: string): number {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(value)
    ? Date.parse(value)
    : NaN;
}

/** Validates; what is malformed is left out and named, so that one bad field does not hide the rest. */
function parseLeniently(body: object): { value: Status | string; malformed: readonly string[] } {
  const first = v.safeParse(Status, body);
  if (first.success) return { value: first.output, malformed: [] };
  const malformed = first.issues.map((issue) => `${v.getDotPath(issue) ?? '?'} ${problem(issue)}`);
  if (first.issues.some((issue) => v.getDotPath(issue) === 'isRunning')) {
    return { value: notAStatus(malformed), malformed };
  }
  const second = v.safeParse(
    Status,
    withoutPaths(
      body,
      first.issues.map((issue) => (issue.path ?? []).map((item) => String(item.key))),
    ),
  );
  return second.success ? { value: second.output, malformed } : { value: notAStatus(malformed), malformed };
}

function notAStatus(malformed: readonly string[]): string {
  return cleanText(`its answer is not a daemon's status (${malformed.join('; ')})`);
}

function problem(issue: v.BaseIssue<unknown>): string {
  if (issue.type === 'check') return issue.message;
  return cleanText(
    `should be ${issue.expected ?? issue.type}, is ${issue.received || typeof issue.input}`,
    100,
  );
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

/** Sessions are read by hand: a schema library takes twice as long for the thousand of a busy daemon. */
export function readSessions(items: readonly unknown[]): readonly Session[] {
  const sessions = new Map<string, Session>();
  for (const item of items) {
    if (typeof item !== 'object' || item === null) continue;
    const raw = item as Record<string, unknown>;
    const id = typeof raw.id === 'string' ? cleanText(raw.id, 100) : '';
    // An id names a row of the tree, so each may be there once.
    if (id === '' || sessions.has(id)) continue;
    const session: Record<string, unknown> = {
      id,
      title: sessionTitle(raw),
      status: typeof raw.status === 'string' ? cleanText(raw.status, 30) : 'unknown',
    };
    for (const key of ['createdAt', 'lastActivityAt', 'deadlineAt'] as const) {
      const at = typeof raw[key] === 'string' ? parseTime(raw[key]) : NaN;
      if (Number.isFinite(at)) session[key] = at;
    }
    sessions.set(id, session as unknown as Session);
  }
  return [...sessions.values()];
}

function sessionTitle(raw: Record<string, unknown>): string {
  for (const key of ['name', 'command', 'agentRole'] as const) {
    const value = raw[key];
    if (typeof value === 'string' && value !== '') return cleanText(value, 80);
  }
  return 'session';
}
