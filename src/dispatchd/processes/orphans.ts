import type { Clock } from '../clock';
import { isOtherBoot } from '../../system/bootId';
import { inStages } from '../../system/endProcess';
import { AFTER_KILL_MS, ORPHAN_GRACE_MS, TREE_POLL_MS } from '../policy';
import { findMarked, isLeftTree, isOwnTree, isTreeAlive, signalTree } from './processTree';
import type { RunningSession } from '../sessions/session';

/**
 * Stops what an earlier life of the daemon left running of a session, so that it is never run twice at the same
 * time. A process is touched only if its start time says that it is the one that was started then.
 * @returns whether there was anything to stop
 */
export async function stopOrphan(clock: Clock, session: RunningSession, bootId: string): Promise<boolean> {
  const { state, id } = session;
  if (isOtherBoot(state.bootId, bootId)) return false;
  const leader = state.process && (await isLeftTree(state.process, id)) ? state.process : undefined;
  const alive = () => (leader !== undefined && isTreeAlive(leader.pid)) || findMarked(id).length > 0;
  if (!alive()) return false;
  await inStages(
    {
      terminate: () => signalTree(leader, id, 'SIGTERM'),
      // Its number may have been given away while it was waited for.
      kill: async () => signalTree(leader && (await isOwnTree(leader)) ? leader : undefined, id, 'SIGKILL'),
      isGone: (timeoutMs) => goneWithin(clock, alive, timeoutMs),
    },
    { graceMs: ORPHAN_GRACE_MS, killWaitMs: AFTER_KILL_MS },
  );
  return true;
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
