import { isPidAlive, systemKill, type Kill, fateOf } from '../../system/identity';
import type { ProcessIdentity } from '../../system/processInfo';
import { endTree } from '../../system/endProcess';
import * as groups from '../../system/processGroup';

/** How processes are ended; a seam for the platforms that tests do not run on. */
export interface TreeSystem {
  readonly platform: NodeJS.Platform;
  readonly kill: Kill;
  /** Ends a process and all below it by force. Windows only. */
  readonly endTree: (root: ProcessIdentity) => Promise<void>;
}

const SYSTEM: TreeSystem = { platform: process.platform, kill: systemKill, endTree };

/** Every process of a session inherits this variable; on Linux it finds those that left their group. */
export const SESSION_VARIABLE = 'DISPATCHD_SESSION_ID';

/**
 * Signals a session's whole tree: on POSIX the process group its leader was started in, on Linux also what left
 * the group; all of that before this returns. On Windows each process below the leader is ended by force, as their
 * births tell: console programs notice no gentler way.
 *
 * @returns resolves once the signal is sent; never rejects
 */
export async function signalTree(
  leader: ProcessIdentity | undefined,
  sessionId: string,
  signal: 'SIGTERM' | 'SIGKILL',
  { platform, kill, endTree: end }: TreeSystem = SYSTEM,
): Promise<void> {
  if (platform === 'win32') {
    // Where a tool fails nobody is ended: without a birth there is no telling who that would be.
    if (leader) await end(leader).catch(() => undefined);
    return;
  }
  const marked = findMarked(sessionId, platform);
  if (leader) groups.trySignal(-leader.pid, signal, kill);
  for (const pid of marked) groups.trySignal(pid, signal, kill);
}

/** Whether anybody of the group is left; on Windows only the leader can be asked for. */
export function isTreeAlive(pid: number, { platform, kill }: TreeSystem = SYSTEM): boolean {
  return platform === 'win32' ? isPidAlive(pid, kill) : groups.isGroupAlive(pid, platform, kill);
}

/**
 * Whether the tree of a leader of an earlier life of the daemon is proven to be still its own. Where the leader is gone,
 * its number may have led another group since: one of the group must carry the mark of the session. Where no
 * environment is shown, a group of that number counts as its own: else its work would run twice.
 */
export async function isLeftTree(
  leader: ProcessIdentity,
  sessionId: string,
  platform: NodeJS.Platform = process.platform,
): Promise<boolean> {
  if (isPidAlive(leader.pid) || platform !== 'linux') return isOwnTree(leader);
  return findMarked(sessionId).some((pid) => groups.isLiveMember(pid, leader.pid));
}

/**
 * Whether the tree of a leader that was watched until now is proven to be still its own. The leader may be gone while
 * its group lives on: its pid is then free, but cannot be given away. Dead and not reaped it keeps its pid, too.
 */
export async function isOwnTree(leader: ProcessIdentity): Promise<boolean> {
  if (!isPidAlive(leader.pid)) return isTreeAlive(leader.pid);
  return ['alive', 'unreaped'].includes(await fateOf(leader));
}

/** The pids that carry the mark of this session; empty where the platform does not show environments. */
export function findMarked(
  sessionId: string,
  platform: NodeJS.Platform = process.platform,
): readonly number[] {
  return groups.findMarked(SESSION_VARIABLE, sessionId, platform);
}
