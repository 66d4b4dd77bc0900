import type { Clock } from '../clock';
import { isOtherBoot } from '../../system/bootId';
import { AFTER_KILL_MS, ORPHAN_GRACE_MS, TREE_POLL_MS } from '../policy';
import { isPidAlive, isSameProcess } from '../../system/identity';
import { findMarked, isTreeAlive, signalTree } from './processTree';
import type { RunningSession } from '../sessions/session';

/**
 * Stops what an earlier life of the daemon left running of a session, so that it is never run twice at the same
 * time. A process is touched only if its start time says that it is the one that was started then.
 * @returns whether there was anything to stop
 */
export async function stopOrphan(clock: Clock, session: RunningSession, bootId: string): Promise<boolean> {
  const { state, id } = session;
  if (isOtherBoot(state.bootId, bootId)) return false;
  const pid = state.process && (await isOurs(state.process)) ? state.process.pid : undefined;
  const alive = () => (pid !== undefined && isTreeAlive(pid)) || findMarked(id).length > 0;
  if (!alive()) return false;
  signalTree(pid, id, 'SIGTERM');
  if (!(await goneWithin(clock, alive, ORPHAN_GRACE_MS))) {
    signalTree(pid, id, 'SIGKILL');
    await goneWithin(clock, alive, AFTER_KILL_MS);
  }
  return true;
}

/** The leader may be gone while its group lives on: its pid is then free, but cannot be given away. */
async function isOurs(identity: NonNullable<RunningSession['state']['process']>): Promise<boolean> {
  if (!isPidAlive(identity.pid)) return isTreeAlive(identity.pid);
  return isSameProcess(identity);
}

/** Polls until `alive` says no; `false` if that takes longer than `limitMs`. */
export async function goneWithin(clock: Clock, alive: () => boolean, limitMs: number): Promise<boolean> {
  const endMs = clock.monotonicMs() + limitMs;
  while (alive()) {
    if (clock.monotonicMs() >= endMs) return false;
    await new Promise<void>((resolve) => clock.after(TREE_POLL_MS, resolve));
  }
  return true;
}
