import { mkdir } from 'node:fs/promises';
import { tryLock } from '../../system/lock';
import { PRIVATE_DIR_MODE } from '../../system/stateFile';

/** Somebody else has the state directory. */
export class StateDirInUse extends Error {
  constructor(stateDir: string, pid: number) {
    super(
      `the state directory ${stateDir} is in use by dispatchd (pid ${pid}); stop it, or give another --state-dir`,
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
  if (locked.kind === 'held') throw new StateDirInUse(stateDir, locked.pid);
  return locked.release;
}
