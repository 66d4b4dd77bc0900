import { HEALTH_ROUTE } from './policy';
import type { Database } from '../../health/report';
import { isLoopback, readPath } from '../read/paths';
import { resolved } from '../read/resolved';
import { parseObject } from '../../base/text';
import type { Look } from '../look';

/** Which database a smithy works on, within the time-out and the look. @throws where its health route does not answer */
export async function askDatabase(look: Look, timeoutMs: number): Promise<Database | undefined> {
  const part = look.within.atMost(timeoutMs);
  const { status, body } = await look.get(HEALTH_ROUTE, timeoutMs);
  if (status !== 200) throw new Error(`HTTP ${status}`);
  return toDatabase(parseObject(body)?.database, look.origin ?? '', part.leftMs());
}

/** A database as `/api/health` names it, with its identity; `undefined` where that is no absolute path. */
export async function toDatabase(
  value: unknown,
  origin: string,
  timeoutMs: number,
): Promise<Database | undefined> {
  const path = readPath(value);
  if (path === undefined) return undefined;
  // A path of another machine says nothing about the files of this one.
  const isHere = isLoopback(new URL(origin).hostname);
  return { path, realPath: isHere ? await resolved(path, timeoutMs) : path };
}
