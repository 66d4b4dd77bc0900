import { SECOND_MS } from '../../base/time';
import * as v from 'valibot';
import { ENDED_SHOWN_MS } from '../../health/policy';
import {
  DUCTOR_END_MS,
  DUCTOR_EXTENSION_MS,
  DUCTOR_MAX_EXTENSIONS,
  DUCTOR_TASK_LIMIT_MS,
  DUCTOR_TURN_LIMIT_MS,
  DUCTOR_UNSET_LIMIT_MS,
} from './policy';
import type { Session } from '../../health/report';
import { MAX_SESSIONS } from '../smithy/policy';
import { cleanText } from '../../base/text';
import { parseTime } from '../read/time';

/** Reads ductor's work. It tells no deadlines: they are worked out from its limits, and marked as assumed. */

/** The last moment that a `Date` can hold. */
const LAST_AT = 8.64e15;

/** How long ductor lets work run, in ms; `undefined` = without end. */
export interface DuctorLimits {
  readonly turnMs: number | undefined;
  /** What activity shortly before its end adds to a turn, and how often. */
  readonly extensionMs: number;
  readonly maxExtensions: number;
  readonly taskMs: number | undefined;
}

export const DEFAULT_LIMITS: DuctorLimits = {
  turnMs: DUCTOR_TURN_LIMIT_MS,
  extensionMs: DUCTOR_EXTENSION_MS,
  maxExtensions: DUCTOR_MAX_EXTENSIONS,
  taskMs: DUCTOR_TASK_LIMIT_MS,
};

const lenient = <T extends v.GenericSchema>(schema: T) =>
  v.optional(v.fallback(v.union([schema, v.undefined()]), undefined));
const finite = v.pipe(v.number(), v.finite());
const line = (maxChars: number) =>
  v.optional(
    v.pipe(
      v.fallback(v.string(), ''),
      v.transform((text) => cleanText(text, maxChars)),
    ),
    '',
  );
/** Epoch seconds, 0 where there are none yet. */
const seconds = v.pipe(
  finite,
  v.transform((value) => Math.round(value * SECOND_MS)),
  v.check((at) => at > 0 && at <= LAST_AT),
);
const isoTime = v.pipe(
  v.string(),
  v.transform(parseTime),
  v.check((at) => Number.isFinite(at)),
);

const Config = v.object({
  cli_timeout: lenient(finite),
  interagent_port: lenient(finite),
  api: lenient(v.object({ port: lenient(finite) })),
  timeouts: lenient(
    v.object({
      normal: lenient(finite),
      extend_on_activity: lenient(v.boolean()),
      activity_extension: lenient(finite),
      max_extensions: lenient(finite),
    }),
  ),
  tasks: lenient(v.object({ timeout_seconds: lenient(v.nullable(finite)) })),
});
export type DuctorConfig = v.InferOutput<typeof Config>;

/** `config.json`; what is not there or not what it should be is ductor's default. @throws where it is no object */
export function readConfig(value: unknown): DuctorConfig {
  return v.parse(Config, value);
}

/** The limits that a config means. It may have been changed since the daemon read it. */
export function limitsOf({ cli_timeout: cli, timeouts = {}, tasks = {} }: DuctorConfig): DuctorLimits {
  const normalMs = toMs(timeouts.normal) ?? DUCTOR_UNSET_LIMIT_MS;
  const cliMs = toMs(cli) ?? DUCTOR_TURN_LIMIT_MS;
  const { extend_on_activity: isExtended = true, max_extensions: max = DUCTOR_MAX_EXTENSIONS } = timeouts;
  const extensionMs = positive(toMs(timeouts.activity_extension) ?? DUCTOR_EXTENSION_MS) ?? 0;
  return {
    turnMs: positive(normalMs === DUCTOR_UNSET_LIMIT_MS ? cliMs : normalMs),
    extensionMs,
    maxExtensions: isExtended && extensionMs > 0 ? Math.max(0, Math.floor(max)) : 0,
    taskMs:
      tasks.timeout_seconds === null
        ? undefined
        : positive(toMs(tasks.timeout_seconds) ?? DUCTOR_TASK_LIMIT_MS),
  };
}

const toMs = (value: number | undefined) => (value === undefined ? undefined : value * SECOND_MS);
const positive = (ms: number) => (ms > 0 && ms <= LAST_AT ? ms : undefined);

const Turn = v.object({ prompt_preview: line(80), started_at: isoTime });
const Turns = v.object({ turns: v.record(v.string(), v.unknown()) });

/**
 * `inflight_turns.json`: the chats' turns that run.
 *
 * @param sinceAt when this life of the daemon began: what is older was left behind by a crash
 * @throws where it is not such a file
 */
export function readTurns(
  value: unknown,
  limits: DuctorLimits,
  { sinceAt, nowAt }: { sinceAt: number; nowAt: number },
): readonly Session[] {
  return Object.values(v.parse(Turns, value).turns)
    .slice(0, MAX_SESSIONS)
    .flatMap((raw) => {
      const turn = v.safeParse(Turn, raw);
      if (!turn.success || turn.output.started_at < sinceAt) return [];
      const { prompt_preview: title, started_at: startedAt } = turn.output;
      return {
        // Not by its chat, whose number is that of a person.
        id: `turn ${new Date(startedAt).toISOString()}`,
        title: title || 'turn',
        status: 'running',
        startedAt,
        ...turnDeadline(startedAt, limits, nowAt),
      };
    });
}

/**
 * When a turn will be ended. It is ended or extended at its deadline, and nobody is told of an extension: one that
 * is still there a while after was extended.
 */
function turnDeadline(
  startedAt: number,
  { turnMs, extensionMs, maxExtensions }: DuctorLimits,
  nowAt: number,
): Partial<Session> {
  if (turnMs === undefined) return {};
  const overMs = nowAt - startedAt - turnMs - DUCTOR_END_MS;
  const extensionsUsed = overMs <= 0 ? 0 : Math.ceil(overMs / extensionMs);
  // It has outlived all that was assumed.
  if (overMs > 0 && !(extensionsUsed <= maxExtensions)) return {};
  return {
    timeoutMs: turnMs,
    deadlineAt: startedAt + turnMs + extensionsUsed * extensionMs,
    deadlineAssumed: true,
    extensionsUsed,
    maxExtensions,
  };
}

const Named = v.object({ name: line(80), status: v.literal('running'), prompt_preview: line(200) });
const NamedList = v.object({ sessions: v.array(v.unknown()) });

/** `named_sessions.json`: those that run. When their turn began is not told. @throws where it is not such a file */
export function readNamed(value: unknown): readonly Session[] {
  return v
    .parse(NamedList, value)
    .sessions.slice(0, MAX_SESSIONS)
    .flatMap((raw) => {
      const named = v.safeParse(Named, raw);
      if (!named.success || named.output.name === '') return [];
      const { name, prompt_preview: prompt } = named.output;
      return {
        id: `named ${name}`,
        title: name,
        status: 'running',
        ...(prompt !== '' && { command: prompt }),
      };
    });
}

const Startup = v.object({ boot_id: line(100), started_at: isoTime });
export type DuctorStartup = v.InferOutput<typeof Startup>;

/** `startup_state.json`: this life of the daemon. @throws where it is not such a file */
export function readStartup(value: unknown): DuctorStartup {
  return v.parse(Startup, value);
}

/** Whether two ids mean two boots. An unknown one is empty, and that of Windows takes one of two neighbours. */
export function isOtherBoot(before: string, after: string): boolean {
  if (before === '' || after === '' || before === after) return false;
  const [a, b] = [before, after].map((id) => Number(/^win-(\d+)$/.exec(id)?.[1]));
  return !(Math.abs(a! - b!) <= 1);
}

const Task = v.object({
  task_id: v.pipe(line(100), v.nonEmpty()),
  name: line(80),
  prompt_preview: line(80),
  status: v.picklist(['running', 'done', 'failed', 'cancelled', 'interrupted']),
  session_id: line(100),
  created_at: seconds,
  completed_at: lenient(seconds),
  elapsed_seconds: v.optional(v.fallback(v.pipe(finite, v.minValue(0)), 0), 0),
  error: line(300),
  result_preview: line(300),
});
export type Task = v.InferOutput<typeof Task>;

/**
 * `/tasks/list`: background tasks, those that ended too. One that waits for an answer neither runs nor has ended;
 * it is not listed. `undefined` where it is not such an answer.
 */
export function readTasks(value: unknown): readonly Task[] | undefined {
  const list = (value as { tasks?: unknown } | null)?.tasks;
  if (!Array.isArray(list)) return undefined;
  return list.slice(0, MAX_SESSIONS).flatMap((raw: unknown) => {
    const task = v.safeParse(Task, raw);
    return task.success ? task.output : [];
  });
}

/** Running tasks, and those that ended within the day. */
export function taskSessions(
  tasks: readonly Task[],
  { taskMs }: DuctorLimits,
  nowAt: number,
): readonly Session[] {
  return tasks
    .filter(
      ({ status, completed_at, created_at }) =>
        status === 'running' || nowAt - (completed_at ?? created_at) < ENDED_SHOWN_MS,
    )
    .map((task) => (task.status === 'running' ? running(task, taskMs) : ended(task)));
}

function running(task: Task, taskMs: number | undefined): Session {
  const { created_at: createdAt } = task;
  // Of one that was resumed nobody tells when.
  const isResumed = task.session_id !== '' || task.elapsed_seconds > 0;
  return {
    ...titled(task),
    status: 'running',
    ...(!isResumed && {
      createdAt,
      ...(taskMs !== undefined && {
        timeoutMs: taskMs,
        deadlineAt: createdAt + taskMs,
        deadlineAssumed: true,
      }),
    }),
  };
}

const STATUS = { done: 'completed', failed: 'failed', cancelled: 'cancelled', interrupted: 'interrupted' };

function ended(task: Task): Session {
  const { completed_at: endedAt, elapsed_seconds: elapsed, error, result_preview: result } = task;
  const limit = /^Timeout after (?:(\d{1,9})s)?/.exec(error);
  const wasInterrupted = task.status === 'interrupted' || /^Bot restarted/.test(error);
  const outcome = error || result;
  return {
    ...titled(task),
    status: limit ? 'timed-out' : wasInterrupted ? 'interrupted' : STATUS[task.status as keyof typeof STATUS],
    ...(endedAt === undefined ? { createdAt: task.created_at } : { endedAt }),
    ...(endedAt !== undefined && elapsed > 0 && { startedAt: endedAt - elapsed * SECOND_MS }),
    ...(limit?.[1] !== undefined && { timeoutMs: Number(limit[1]) * SECOND_MS }),
    ...(outcome !== '' && { outcome }),
    // From here it cannot be run again.
    ...(wasInterrupted && { handled: true }),
  };
}

function titled({ task_id: id, name, prompt_preview: prompt }: Task): Pick<Session, 'id' | 'title'> {
  return { id, title: name || prompt || 'task' };
}
