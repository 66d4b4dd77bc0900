import { messageOf } from '../base/errors';
import type { DaemonId } from '../health/report';
import type { DaemonConfig } from '../model/daemonConfig';
import type { RestartRefusal } from '../model/restartRefusal';
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { readBootId } from '../system/bootId';
import { describeProcess } from '../system/processTable';
import { readHeld, tryLock, type Locked } from '../system/lock';
import type { LockPlace } from '../system/lockFiles';
import type { RestartElsewhere } from '../health/trackState';

/** What a window does with a daemon while it has the lock. */
type LockedWork = 'restart' | 'stop';

/** One thing with a daemon at a time, in all windows of this machine. */
export class OneAtATime {
  readonly #busy = new Set<DaemonId>();

  /** @param folder one that all windows of this machine share */
  constructor(
    private readonly folder: string,
    private readonly log: (line: string) => void,
  ) {}

  isBusy(daemonId: DaemonId): boolean {
    return this.#busy.has(daemonId);
  }

  /** Does a thing, or tells why that cannot be done now. */
  async run<T>(
    { name, id: daemonId }: DaemonConfig,
    what: LockedWork,
    work: () => Promise<T>,
    refuse: (why: RestartRefusal) => T,
  ): Promise<T> {
    if (this.#busy.has(daemonId)) return refuse({ is: 'busy', daemon: name });
    this.#busy.add(daemonId);
    try {
      const locked = await lockDaemon(this.folder, daemonId, what).catch(messageOf);
      if (typeof locked === 'string') return refuse({ is: 'lockUnusable', daemon: name, said: locked });
      if (locked.kind === 'held') {
        const { pid, unproven } = locked;
        return refuse(
          unproven
            ? { is: 'lockUnproven', daemon: name, pid, ...unproven }
            : { is: 'busyElsewhere', daemon: name },
        );
      }
      try {
        return await work();
      } finally {
        // What happened has happened. A lock that stays ends with this process.
        await locked
          .release()
          .catch((error: unknown) => this.log(`the lock of ${name} stays: ${String(error)}`));
      }
    } finally {
      this.#busy.delete(daemonId);
    }
  }
}

/**
 * The right to restart or stop one daemon, among all windows of this machine. Where another machine, another container
 * or a window of an earlier version may have it, that is said.
 * @throws the file system's error where a lock can be neither read nor written
 */
export async function lockDaemon(
  folder: string,
  daemonId: DaemonId,
  work: LockedWork = 'restart',
): Promise<Locked> {
  await mkdir(folder, { recursive: true });
  const locked = await tryLock(placeOf(folder, daemonId), await readBootId(), { daemon: daemonId, work });
  if (locked.kind === 'ours' || locked.unproven?.where !== 'noBirth') return locked;
  return (await isWindow(locked.pid)) ? { kind: 'held', pid: locked.pid } : locked;
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
