import type { Report } from '../../health/report';
import { livingChildren } from '../../system/children';
import type { DuctorFiles } from './files';

/**
 * Turns of chats that run while ductor has no process at all: each turn runs the command line of an agent as a process of
 * ductor's own. Of a named session that does not hold: its file calls one that was aborted running until it is written
 * again. Which process works on which turn nobody tells, so that one process excuses them all.
 */
export async function turnsWithoutProcess({
  turns,
  subAgents,
  instance,
}: Pick<DuctorFiles, 'turns' | 'subAgents' | 'instance'>): Promise<
  Pick<Report, 'turnsWithoutProcess'> | undefined
> {
  if (instance?.pid === undefined) return undefined;
  const all = [...turns, ...[...subAgents.values()].flatMap(({ sessions }) => sessions)];
  // Of what runs in a chat the file tells since when; of a named session it does not.
  const running = all.filter(({ startedAt }) => startedAt !== undefined).map(({ id }) => id);
  if (running.length === 0) return { turnsWithoutProcess: [] };
  const processes = await livingChildren(instance.pid);
  return processes === undefined ? undefined : { turnsWithoutProcess: processes > 0 ? [] : running };
}
