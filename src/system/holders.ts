import { isServiceManager } from './programs';
import type { ProcessInfo } from './processInfo';

/**
 * Who of several processes that hold a listening socket is the daemon. A socket has several holders where a service
 * manager hands it to what it starts, where a parent shares it with its workers, and where children inherited it.
 *
 * The one that the daemon names comes first. A service manager is none of them, unless it is alone. Where one is the
 * ancestor of all others, they are its workers or inherited the socket: it is the daemon.
 *
 * @param named the process number in the daemon's own answer
 * @returns one process; several, marked as such, where nothing tells which is meant
 */
export function choose(holders: readonly ProcessInfo[], named: number | undefined): readonly ProcessInfo[] {
  const daemons = holders.filter((holder) => !isServiceManager(holder));
  if (daemons.length === 0) return holders.slice(0, 1);
  const one =
    daemons.find(({ pid }) => pid === named) ??
    (daemons.length === 1
      ? daemons[0]
      : daemons.find((first) =>
          daemons.every((each) => each === first || (each.ancestors ?? []).includes(first.pid)),
        ));
  return one ? [one] : daemons.map((daemon) => ({ ...daemon, sharesSocket: true }));
}
