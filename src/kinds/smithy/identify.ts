import { join } from 'node:path';
import type { StrangeAnswer } from '../../health/cause';
import { isLive } from '../../health/sessions';
import type { Identified } from '../kind';
import type { Look } from '../look';
import { DATA_FOLDER, projectFolder, readPath } from '../read/paths';
import { resolved } from '../read/resolved';
import { toDatabase } from './database';
import { healthOf } from './healthRoute';
import { SESSIONS_ROUTE, STATUS_ROUTE } from './policy';
import { readSessionsText } from './sessions';
import { readAnswer } from './statusRoute';

const KIND = 'smithy';

/**
 * Whether a smithy is there. Where there may be nobody its health route is asked, which takes it a millisecond: of the
 * kinds that have this route a smithy alone tells its database.
 *
 * @throws {NoAnswer}
 */
export async function identify(look: Look): Promise<Identified | StrangeAnswer> {
  const { origin, purpose, within } = look;
  if (origin === undefined) return { is: 'noAddress' };
  if (purpose !== 'find') return byStatus(look, KIND);
  const health = await healthOf(look);
  const database = health && (await toDatabase(health.database, origin, within.leftMs()));
  if (!database) return { is: 'noDatabase' };
  // Other servers of the same makers have a health route and a database too; only a daemon has its status.
  const isRunning = await runs(look, health);
  if (typeof isRunning === 'object') return isRunning;
  const workspace = projectFolder(database.path);
  return {
    kind: KIND,
    isRunning,
    database: database.realPath,
    place: workspace ?? database.path,
    ...(workspace !== undefined && { folder: await resolved(workspace, within.leftMs()) }),
    ...(!isRunning && { runsAgents: await runsAgents(look) }),
  };
}

/** By the status that every kind of this family has. @throws {NoAnswer} */
export async function byStatus(look: Look, kind: string): Promise<Identified | StrangeAnswer> {
  const report = readAnswer(await look.get(STATUS_ROUTE));
  if ('is' in report) return report;
  return report.kind !== kind
    ? { is: 'answerOf', kind: report.kind }
    : { kind, isRunning: report.isRunning, report };
}

/**
 * Whether the loop runs, by its health route where that tells, else by its status; or why that is no daemon's status.
 * @throws {NoAnswer}
 */
export async function runs(look: Look, health: Record<string, unknown>): Promise<boolean | StrangeAnswer> {
  const { dispatchDaemon } = (health.services ?? {}) as { dispatchDaemon?: unknown };
  if (typeof dispatchDaemon === 'string') return dispatchDaemon === 'running';
  const report = readAnswer(await look.get(STATUS_ROUTE));
  return 'is' in report ? report : report.isRunning;
}

/** Whether its sessions run, by their own route. Where it fails they are unknown, which is not claimed. */
async function runsAgents(look: Look): Promise<boolean> {
  try {
    return readSessionsText(await look.get(SESSIONS_ROUTE))?.some(isLive) === true;
  } catch {
    return false;
  }
}

/**
 * Whether the smithy that is looked at keeps its tasks in this folder: two on one database would dispatch the same
 * tasks. Its database alone counts, whether its status comes or not. @throws {NoAnswer}
 */
export async function worksFor(folder: string, look: Look): Promise<boolean> {
  const theirs = readPath((await healthOf(look))?.database);
  if (theirs === undefined) return false;
  const [ours, other] = await Promise.all(
    [join(folder, DATA_FOLDER, 'stoneforge.db'), theirs].map((path) => resolved(path, look.within.leftMs())),
  );
  return ours === other;
}
