import type { DaemonId } from '../health/report';
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { readBootId } from '../system/bootId';
import { describeProcess } from '../system/processTable';
import { tryLock, unprovenOwner, type Held } from '../system/lock';

/** Whoever has the lock may be dead: its message says who, after "may be", and what to do. */
export class LockedElsewhere extends Error {
  constructor(pid: number, unproven: NonNullable<Held['unproven']>) {
    super(unprovenOwner(pid, unproven));
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
): Promise<(() => Promise<void>) | undefined> {
  const name = createHash('sha256').update(daemonId).digest('hex').slice(0, 32);
  await mkdir(folder, { recursive: true });
  const locked = await tryLock({ folder, name: `restart.${name}.lock` }, await readBootId());
  if (locked.kind === 'ours') return locked.release;
  const { pid, unproven } = locked;
  if (!unproven || (unproven.where === 'noBirth' && (await isWindow(pid)))) return undefined;
  throw new LockedElsewhere(pid, unproven);
}

/** Whether a process runs our own program, as the windows of this editor do. */
async function isWindow(pid: number): Promise<boolean> {
  const names = await Promise.all([pid, process.pid].map(describeProcess)).catch(() => []);
  return names.length > 0 && names[0]!.name === names[1]!.name;
}
