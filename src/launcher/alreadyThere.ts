import { hostOf } from '../system/address';
import { kindOf } from '../kinds/index';
import { otherOf } from '../kinds/otherOf';
import { findListeners } from '../system/processTable';
import { isPortFree } from '../system/ports';
import { alreadyRuns, portTaken } from './launcherText';

export interface WantedStart {
  /** Where the daemon is to listen. */
  readonly url: string;
  /** The kind of it, where only one may run for a folder, and the folder. */
  readonly onlyOne: { readonly kind: string; readonly folder: string } | undefined;
}

/**
 * Why a daemon must not be started, where something is there already: a smithy would silently take the next port
 * and run a second time on the same database. Looked at in the moment of starting.
 */
export async function alreadyThere({ url, onlyOne }: WantedStart): Promise<string | undefined> {
  const { hostname, port: named } = new URL(url);
  const port = Number(named || 80);
  if (!(await isPortFree(hostOf(url), port))) {
    // Where a tool of the system fails the process has no name; the port is taken all the same.
    const [owner] = await findListeners(port, hostname).catch(() => []);
    return portTaken(owner, url);
  }
  const kind = kindOf(onlyOne?.kind);
  if (!onlyOne || !kind) return undefined;
  const other = await otherOf(kind, onlyOne.folder, port);
  return other === undefined ? undefined : alreadyRuns(kind.id, onlyOne.folder, other);
}
