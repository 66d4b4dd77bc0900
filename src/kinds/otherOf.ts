import { Ask, DaemonClient } from '../system/httpClient';
import type { Kind } from './kind';
import { Look } from './look';
import { DISCOVERY_TIMEOUT_MS } from './policy';
import { portsOf } from './ports';

/**
 * Where another daemon of this kind answers that works for the same folder; `undefined` where none does. Never throws.
 *
 * @param port of the daemon that is meant: who answers there is no other
 */
export async function otherOf(kind: Kind, folder: string, port: number): Promise<string | undefined> {
  const urls = portsOf([kind])
    .filter((each) => each !== port)
    .map((each) => `http://localhost:${each}`);
  const works = await Promise.all(urls.map((each) => worksFor(folder, each, kind)));
  return urls.find((_, index) => works[index]);
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
