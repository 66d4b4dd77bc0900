import { mkdir } from 'node:fs/promises';
import { tryLock, unprovenOwner, type Held } from '../../system/lock';
import { PRIVATE_DIR_MODE } from '../../system/privateFile';

/** Somebody else has the state directory. */
export class StateDirInUse extends Error {
  constructor(stateDir: string, { pid, unproven }: Pick<Held, 'pid' | 'unproven'>) {
    super(
      unproven
        ? `the state directory ${stateDir} may be in use by ${unprovenOwner(pid, unproven)}, or give another --state-dir`
        : `the state directory ${stateDir} is in use by dispatchd (pid ${pid}); stop it, or give another --state-dir`,
    );
  }
}

/**
 * Makes this process the only one of the state directory.
 * @returns a function that gives the lock back
 * @throws StateDirInUse
 */
export async function acquireLock(stateDir: string, bootId: string): Promise<() => Promise<void>> {
  await mkdir(stateDir, { recursive: true, mode: PRIVATE_DIR_MODE });
  const locked = await tryLock({ folder: stateDir, name: 'lock' }, bootId);
  if (locked.kind === 'held') throw new StateDirInUse(stateDir, locked);
  return locked.release;
}
