import { runTool } from './exec';
import { darwinReader } from './darwin';
import { listeningSockets } from './linux';
import { addressesOf, reachedBy } from './ports';
import type { TableOptions } from './processTable';
import { userOf } from './userName';

/**
 * The other user whose program listens on a port of the loopback: "user nobody". `undefined` where that is ours, or the
 * system does not tell without a tool that takes a second (Windows). Never rejects.
 */
export async function otherUserAt(
  port: number,
  { platform = process.platform, run = runTool }: TableOptions = {},
): Promise<string | undefined> {
  switch (platform) {
    case 'linux': {
      const sockets = await listeningSockets(port);
      const [uid, ...others] = addressesOf('localhost').flatMap((address) =>
        reachedBy(sockets, address).map((socket) => socket.uid),
      );
      const own = process.getuid?.();
      return uid === undefined || [uid, ...others].includes(own ?? uid) ? undefined : userOf(uid);
    }
    case 'darwin': {
      // lsof lists the sockets of all our own processes, and of nobody else's.
      const own = await darwinReader(run)
        .listeners(port)
        .catch(() => undefined);
      return own?.length === 0 ? 'another user' : undefined;
    }
    default:
      return undefined;
  }
}
