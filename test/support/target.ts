import type { DaemonId } from '../../src/health/report';
import type { Target } from '../../src/model/target';
import { daemonIdOf } from '../../src/settings/daemonList';

/** The target of a daemon that has this address, `http://host:port`. */
export function http(origin: string): Target {
  return { kind: 'http', origin };
}

/** The id of the daemon that has this address. */
export function idAt(origin: string): DaemonId {
  return daemonIdOf(http(origin));
}

/** What of a daemon's settings tells where it is watched. */
export function watchedAt(target: Target): { readonly id: DaemonId; readonly target: Target } {
  return { id: daemonIdOf(target), target };
}

/** The same of a daemon that has this address. */
export function at(origin: string): { readonly id: DaemonId; readonly target: Target } {
  return watchedAt(http(origin));
}
