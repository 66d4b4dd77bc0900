import type { DaemonId } from '../health/report';
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { readBootId } from '../system/bootId';
import { describeProcess } from '../system/processTable';
import { readHeld, tryLock, type Held } from '../system/lock';
import type { LockPlace } from '../system/lockFiles';
import type { RestartElsewhere } from '../health/trackState';

/** What a window does with a daemon while it has the lock. */
type LockedWork = 'restart' | 'stop';

/** Whoever has the lock may be dead. */
export class LockedElsewhere extends Error {
  constructor(
    readonly pid: number,
    readonly unproven: NonNullable<Held['unproven']>,
  ) {
    super();
  }
}

/**
 * The right to restart or stop one daemon, among all windows of this machine.
 * @returns a function that gives it back; `undefined` when another window has it
 * @throws LockedElsewhere where another machine, another container or a window of an earlier version may have it, and
 * the file system's error where a lock can be neither read nor written
 */
export async function lockDaemon(
  folder: string,
  daemonId: DaemonId,
  work: LockedWork = 'restart',
): Promise<(() => Promise<void>) | undefined> {
  await mkdir(folder, { recursive: true });
  const locked = await tryLock(placeOf(folder, daemonId), await readBootId(), { daemon: daemonId, work });
  if (locked.kind === 'ours') return locked.release;
  const { pid, unproven } = locked;
  if (!unproven || (unproven.where === 'noBirth' && (await isWindow(pid)))) return undefined;
  throw new LockedElsewhere(pid, unproven);
}

/**
 * The restart of this daemon that another window has under way. A lock of a version that does not write what it is for
 * tells nothing, nor does one whose owner is not proven to live.
 * @throws the file system's error
 */
export async function restartElsewhere(
  folder: string,
  daemonId: DaemonId,
): Promise<RestartElsewhere | undefined> {
  const held = await readHeld(placeOf(folder, daemonId), await readBootId());
  const { daemon, work, at, pid } = held ?? {};
  const isRestart = daemon === daemonId && work === ('restart' satisfies LockedWork) && pid !== process.pid;
  return isRestart && typeof at === 'number' ? { beganAt: at } : undefined;
}

function placeOf(folder: string, daemonId: DaemonId): LockPlace {
  const name = createHash('sha256').update(daemonId).digest('hex').slice(0, 32);
  return { folder, name: `restart.${name}.lock` };
}

/** Whether a process runs our own program, as the windows of this editor do. */
async function isWindow(pid: number): Promise<boolean> {
  const names = await Promise.all([pid, process.pid].map(describeProcess)).catch(() => []);
  return names.length > 0 && names[0]!.name === names[1]!.name;
}
