import type { StrangeAnswer } from '../../health/cause';
import type { Identified } from '../kind';
import type { Look } from '../look';
import { readPath } from '../read/paths';
import { resolved } from '../read/resolved';
import { healthOf } from '../smithy/healthRoute';
import { byStatus, runs } from '../smithy/identify';

const KIND = 'dispatchd';

/** Whether a dispatchd is there: its health route tells an instance, and no database. @throws {NoAnswer} */
export async function identify(look: Look): Promise<Identified | StrangeAnswer> {
  if (look.origin === undefined) return { is: 'noAddress' };
  if (look.purpose !== 'find') return byStatus(look, KIND);
  const health = await healthOf(look);
  const { instance, database } = health ?? {};
  if (!health || typeof instance !== 'object' || instance === null || readPath(database) !== undefined) {
    return { is: 'noInstance' };
  }
  const isRunning = await runs(look, health);
  if (typeof isRunning === 'object') return isRunning;
  const workspace = readPath((instance as { workspace?: unknown }).workspace);
  return {
    kind: KIND,
    isRunning,
    ...(workspace !== undefined && {
      place: workspace,
      folder: await resolved(workspace, look.within.leftMs()),
    }),
  };
}
