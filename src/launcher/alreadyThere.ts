import { hostOf } from '../system/address';
import { Ask, DaemonClient } from '../system/httpClient';
import { kindOf } from '../kinds/index';
import type { Kind } from '../kinds/kind';
import { Look } from '../kinds/look';
import { DISCOVERY_TIMEOUT_MS } from '../kinds/policy';
import { portsOf } from '../kinds/ports';
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
  const { hostname, port } = new URL(url);
  if (!(await isPortFree(hostOf(url), Number(port || 80)))) {
    // Where a tool of the system fails the process has no name; the port is taken all the same.
    const [owner] = await findListeners(Number(port || 80), hostname).catch(() => []);
    return portTaken(owner, url);
  }
  const kind = kindOf(onlyOne?.kind);
  if (!onlyOne || !kind) return undefined;
  const urls = portsOf([kind]).map((each) => `http://localhost:${each}`);
  const works = await Promise.all(urls.map((each) => worksFor(onlyOne.folder, each, kind)));
  const other = urls.find((_, index) => works[index]);
  return other === undefined ? undefined : alreadyRuns(kind.id, onlyOne.folder, other);
}

/** Whether a daemon of this kind answers there and works for the folder. Never throws. */
async function worksFor(folder: string, origin: string, kind: Kind): Promise<boolean> {
  using client = new DaemonClient(origin);
  using within = new Ask(DISCOVERY_TIMEOUT_MS);
  try {
    const look = new Look({ kind: 'http', origin }, 'find', within, client);
    return (await (await kind.load()).worksFor?.(folder, look)) === true;
  } catch {
    return false;
  }
}
