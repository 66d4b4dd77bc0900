import { join } from 'node:path';
import { hostOf } from '../system/address';
import { DaemonClient } from '../system/httpClient';
import { smithyPorts } from '../kinds/ports';
import { readPath } from '../kinds/read/paths';
import { resolved } from '../kinds/smithy/database';
import { DISCOVERY_TIMEOUT_MS } from '../kinds/policy';
import { findListeners } from '../system/processTable';
import { isPortFree } from '../system/ports';

export interface StartPlace {
  /** Where the daemon is to listen. */
  readonly url: string;
  /** The folder of a smithy that is to be started: only one may run for it, on whichever port. */
  readonly smithyFolder: string | undefined;
}

/**
 * Why a daemon must not be started, where something is there already: a smithy would silently take the next port
 * and run a second time on the same database. Looked at in the moment of starting.
 */
export async function alreadyThere({ url, smithyFolder }: StartPlace): Promise<string | undefined> {
  const { hostname, port } = new URL(url);
  if (!(await isPortFree(hostOf(url), Number(port || 80)))) {
    // Where a tool of the system fails the process has no name; the port is taken all the same.
    const [owner] = await findListeners(Number(port || 80), hostname).catch(() => []);
    const who = owner
      ? `Process ${owner.pid} (${owner.commandLine})`
      : 'A process that the system does not name';
    return `${who} already listens at ${url}. Nothing was started; "restart" ends the old one first.`;
  }
  if (smithyFolder === undefined) return undefined;
  const other = await smithyOf(smithyFolder);
  return other === undefined
    ? undefined
    : `A smithy for ${smithyFolder} already answers at ${other}. Nothing was started: two would dispatch the same tasks.`;
}

/** The address of the smithy that keeps its tasks in this folder. */
async function smithyOf(folder: string): Promise<string | undefined> {
  const database = await resolved(join(folder, '.stoneforge', 'stoneforge.db'), DISCOVERY_TIMEOUT_MS);
  const found = await Promise.all(
    smithyPorts().map(async (port) => {
      const url = `http://localhost:${port}`;
      const theirs = await databaseAt(url);
      if (theirs === undefined) return undefined;
      return (await resolved(theirs, DISCOVERY_TIMEOUT_MS)) === database ? url : undefined;
    }),
  );
  return found.find((url) => url !== undefined);
}

async function databaseAt(url: string): Promise<string | undefined> {
  const client = new DaemonClient(url);
  try {
    const { status, body } = await client.get('/api/health', DISCOVERY_TIMEOUT_MS);
    return status === 200
      ? readPath((JSON.parse(body) as { database?: unknown } | null)?.database)
      : undefined;
  } catch {
    return undefined;
  } finally {
    await client.close();
  }
}
