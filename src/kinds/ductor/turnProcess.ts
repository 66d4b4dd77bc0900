import type { Report } from '../../health/report';
import { livingChildren } from '../../system/children';
import type { DuctorFiles } from './files';

/**
 * What should have a process of ductor's own, or should have had one, and has none. ductor runs the command line of an
 * agent as a process for each turn of a chat and for each job. Of a named session that does not tell: its file calls one
 * that was aborted running until it is written again. Which process works on what nobody tells, so that one process
 * excuses all that may run.
 */
export async function withoutProcess(
  { turns, subAgents, instance, lateJobs }: DuctorFiles,
  nowAt: number,
): Promise<Pick<Report, 'turnsWithoutProcess' | 'overdueJobs'> | undefined> {
  if (instance?.pid === undefined) return undefined;
  const all = [...turns, ...[...subAgents.values()].flatMap(({ sessions }) => sessions)];
  // Of what runs in a chat the file tells since when; of a named session it does not.
  const running = all.filter(({ startedAt }) => startedAt !== undefined).map(({ id }) => id);
  const isAsked = running.length > 0 || (lateJobs?.length ?? 0) > 0;
  const processes = isAsked ? await livingChildren(instance.pid) : 0;
  const isIdle = processes === 0;
  return {
    ...(processes !== undefined && { turnsWithoutProcess: isIdle ? running : [] }),
    ...(lateJobs && {
      overdueJobs: lateJobs
        .filter(({ mayRunUntilAt }) => isIdle || nowAt > mayRunUntilAt)
        .map(({ name, dueAt, waitsSinceAt }) => ({ name, dueAt, waitsSinceAt })),
    }),
  };
}
