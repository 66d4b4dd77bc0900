import * as v from 'valibot';
import { SECOND_MS } from '../../base/time';
import { ENDED_SHOWN_MS } from '../../health/policy';
import { WAITING } from '../../health/sessions';
import type { Session } from '../../health/report';
import { MAX_SESSIONS } from '../policy';
import type { DuctorLimits } from './config';
import { agentTitle } from './agentTitle';
import { MAX_NAME_CHARS } from './policy';
import { prompt } from './prompt';
import { finite, id, lenient, line, seconds } from '../read/schemas';

/** Reads ductor's background tasks. No deadline is told: each is worked out from the limits, and marked as assumed. */

const Task = v.object({
  task_id: id,
  parent_agent: line(MAX_NAME_CHARS),
  name: line(80),
  prompt_preview: prompt(80),
  status: v.picklist(['running', 'waiting', 'done', 'failed', 'cancelled', 'interrupted']),
  session_id: line(100),
  created_at: seconds,
  completed_at: lenient(seconds),
  elapsed_seconds: v.optional(v.fallback(v.pipe(finite, v.minValue(0)), 0), 0),
  error: line(300),
  result_preview: line(300),
  last_question: line(200),
  question_count: lenient(v.pipe(finite, v.integer(), v.minValue(0))),
});
export type Task = v.InferOutput<typeof Task>;

/** `/tasks/list`: background tasks, those that ended too. `undefined` where it is not such an answer. */
export function readTasks(value: unknown): readonly Task[] | undefined {
  const list = (value as { tasks?: unknown } | null)?.tasks;
  if (!Array.isArray(list)) return undefined;
  return list.slice(0, MAX_SESSIONS).flatMap((raw: unknown) => {
    const task = v.safeParse(Task, raw);
    return task.success ? task.output : [];
  });
}

/** Tasks that run or wait for an answer, and those that ended within the day. */
export function taskSessions(
  tasks: readonly Task[],
  { taskMs }: DuctorLimits,
  nowAt: number,
): readonly Session[] {
  return tasks
    .filter(
      ({ status, completed_at, created_at }) =>
        status === 'running' || status === 'waiting' || nowAt - (completed_at ?? created_at) < ENDED_SHOWN_MS,
    )
    .map((task) => sessionOf(task, taskMs));
}

function sessionOf(task: Task, taskMs: number | undefined): Session {
  if (task.status === 'running') return running(task, taskMs);
  return task.status === 'waiting' ? waiting(task) : ended(task);
}

/** Its process has ended. Who answers has the task resumed; a restart of ductor's changes nothing. */
function waiting(task: Task): Session {
  const { created_at: createdAt, last_question: question, question_count: questionCount } = task;
  return {
    ...titled(task),
    status: WAITING,
    createdAt,
    ...(question !== '' && { question }),
    ...(questionCount !== undefined && { questionCount }),
  };
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

function titled({
  task_id: id,
  name,
  prompt_preview: asked,
  parent_agent: agent,
}: Task): Pick<Session, 'id' | 'title'> {
  const title = name || asked || 'task';
  return { id, title: agent === '' ? title : agentTitle(agent, title) };
}
