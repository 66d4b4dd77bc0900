import type { StrangeAnswer } from '../../health/cause';
import type { Look } from '../look';
import { readPath } from '../read/paths';
import { healthOf } from './healthRoute';

/**
 * A daemon that has no status where it had one, as its health route shows: of the kinds that have this route a smithy
 * tells its database and its loop, a dispatchd its instance. `undefined` where nobody of these kinds answers.
 */
export async function otherVersion(look: Look): Promise<StrangeAnswer | undefined> {
  const { database, services, instance } = (await healthOf(look).catch(() => undefined)) ?? {};
  const { dispatchDaemon } = (services ?? {}) as { dispatchDaemon?: unknown };
  if (readPath(database) !== undefined) {
    return typeof dispatchDaemon === 'string' ? { is: 'otherVersion', kind: 'smithy' } : undefined;
  }
  const { id } = (instance ?? {}) as { id?: unknown };
  return typeof id === 'string' ? { is: 'otherVersion', kind: 'dispatchd' } : undefined;
}
