import { STATES } from '../health/states';
import type { Track } from '../health/trackState';
import { beganBefore, isInstance } from '../kinds/sameInstance';
import { addressOf, isHere } from '../kinds/target';
import type { DaemonModel } from '../model/daemonModel';
import type { NotToEnd, PlanRefusal } from '../model/restartRefusal';
import { isUntold, type ProcessInfo } from '../system/processInfo';
import { forwarderIn, isServiceManager } from '../system/programs';
import { MAX_NAMED } from './policy';

export { isForwarder } from '../system/programs';

/**
 * Why the process that holds a daemon's port, or is the daemon, must not be ended; `undefined` where it may be.
 *
 * @param owners who listens there: more than one where the address is a name and each of its addresses has its own; of a
 *   daemon without an address the process that the daemon itself named
 * @param editor the numbers of our own process and of those that it was started by
 */
export function whyNotToEnd(
  { daemon, track }: DaemonModel,
  owners: readonly ProcessInfo[],
  editor: readonly number[],
): NotToEnd | undefined {
  const [owner, other] = owners;
  if (!owner) return undefined;
  const { name } = daemon;
  const port = addressOf(daemon.target)?.port;
  const isItself = isInstance({ daemon, track }, owner);
  const about = { port, process: owner };
  if (isServiceManager(owner)) {
    return { ...about, is: 'endsServices', daemon: name, program: owner.name || undefined };
  }
  if (port !== undefined && owner.sharesSocket && !isItself) {
    return {
      is: 'sharedSocket',
      daemon: name,
      port,
      named: owners.slice(0, MAX_NAMED),
      count: owners.length,
    };
  }
  if (port !== undefined && other && !isItself) return { is: 'twoHolders', port, process: owner, other };
  if (port !== undefined && isUntold(owner)) return { is: 'listenerUnnamed', port };
  if (!owner.isOurs) return { ...about, is: 'otherUsers' };
  if (editor.includes(owner.pid)) return { ...about, is: 'runsEditor' };
  if (owner.inContainer) return { ...about, is: 'inContainer' };
  const program = forwarderIn(owner);
  if (program !== undefined) return { ...about, is: 'passesOn', daemon: name, program };
  // The process of a daemon without an address was named by the daemon itself.
  if (port === undefined || isItself || !isMaybeOther(track)) return undefined;
  return mayBeTheSame(track, owner)
    ? undefined
    : { is: 'noDaemon', port, process: owner, reason: track.verdict.reason };
}

/** Why a daemon can only be started and stopped somewhere else; `undefined` where that can be done here. */
export function whyNotHere({ daemon }: DaemonModel): PlanRefusal | undefined {
  if (daemon.target.kind === 'prometheus') return { is: 'isFleet', daemon: daemon.name };
  if (isHere(daemon.target)) return undefined;
  return { is: 'elsewhere', daemon: daemon.name, host: addressOf(daemon.target)!.hostname };
}

/** Nothing in the last answer shows that a daemon gave it. */
function isMaybeOther({ verdict, facts: { failure } }: Track): boolean {
  if (failure?.kind === 'errors') return !failure.isKnown;
  const row = STATES[verdict.state];
  return row.severity !== 'plain' && row.isMaybeOther === true;
}

/** Something answers that is no daemon: it may be ours, broken, if it was there when the daemon last answered. */
function mayBeTheSame({ last, seenUpAt }: Track, owner: ProcessInfo): boolean {
  // What tells its number, and had another one, was another process.
  if (seenUpAt === undefined || last?.report.instance?.pid !== undefined) return false;
  return beganBefore(owner, seenUpAt);
}
