import type { DaemonModel } from '../model/daemonModel';
import type { ProcessInfo } from '../system/processInfo';
import { forwarderIn, isServiceManager } from '../system/programs';
import { START_TOLERANCE_MS } from './policy';

/**
 * Whether the daemon itself said that it is this process. What only passes connections on is not believed: its far end
 * may give any number.
 */
export function isInstance({ track }: DaemonModel, owner: ProcessInfo): boolean {
  const { last } = track;
  // A number that a container gives is one of its own.
  if (last?.report.instance?.pid !== owner.pid || owner.inContainer) return false;
  return forwarderIn(owner) === undefined && !isServiceManager(owner) && beganBefore(owner, last.at.wallAt);
}

/**
 * Whether a process may have given the answer that came at this time (epoch ms). One whose birth is not told is not
 * known to have: its number may have been another's then.
 */
export function beganBefore({ startedAtMs }: ProcessInfo, at: number): boolean {
  return startedAtMs !== undefined && startedAtMs <= at + START_TOLERANCE_MS;
}
