import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { isOtherBoot } from './bootId';
import { isSameProcessAlive, ownIdentity } from '../processIdentity';
import { PRIVATE_DIR_MODE, PRIVATE_FILE_MODE, insisting } from './stateFile';

const Owner = v.object({
  /** Unique for each attempt to get the lock. */
  key: v.pipe(v.string(), v.regex(/^[\w-]+$/)),
  pid: v.pipe(v.number(), v.integer(), v.minValue(1)),
  startedAtMs: v.number(),
  startTicks: v.exactOptional(v.number()),
  bootId: v.string(),
});
type Owner = v.InferOutput<typeof Owner>;

/** Stands for a file that cannot be read: nobody owns it. */
const NOBODY = 'nobody';

/** Somebody else has the state directory. */
export class StateDirInUse extends Error {
  constructor(stateDir: string, pid: number) {
    super(
      `the state directory ${stateDir} is in use by dispatchd (pid ${pid}); stop it, or give another --state-dir`,
    );
  }
}

/**
 * Makes this process the only one of the state directory. A lock left by a dead process is taken over; a reused
 * pid is told apart by its start time, a reboot by the boot id.
 *
 * Of several that find the same dead owner, the one takes over that first makes the file `lock.after.<its key>`.
 * That file names its maker, so if the maker dies half-way, it can be succeeded in the same manner: a kill at any
 * moment neither gives the lock to two nor keeps it from everybody.
 * @returns a function that gives the lock back
 * @throws StateDirInUse
 */
export async function acquireLock(stateDir: string, bootId: string): Promise<() => Promise<void>> {
  await mkdir(stateDir, { recursive: true, mode: PRIVATE_DIR_MODE });
  const lock = join(stateDir, 'lock');
  const own: Owner = { key: randomUUID(), ...ownIdentity(), bootId };
  // Written whole under a name of its own, then linked: nobody ever reads a half-written lock.
  const candidate = join(stateDir, `lock.candidate.${own.key}`);
  await writeFile(candidate, JSON.stringify(own), { mode: PRIVATE_FILE_MODE });
  try {
    while (!(await createExclusively(candidate, lock))) {
      const owner = await readOwner(lock);
      if (owner === undefined) continue;
      const successor = await succeed(stateDir, owner, candidate, bootId);
      // Somebody else may have taken over and cleaned up since the lock was read.
      if (keyOf(await readOwner(lock)) === keyOf(owner)) {
        await insisting(() => rename(candidate, lock));
        break;
      }
      await rm(successor, { force: true });
    }
    await cleanUp(stateDir, bootId);
  } finally {
    await rm(candidate, { force: true });
  }
  return async () => {
    // A later instance may hold it by now; its lock is not ours to remove.
    if (keyOf(await readOwner(lock)) === own.key) await rm(lock, { force: true });
  };
}

/** Becomes the successor of a dead owner, or of the dead that wanted to. @returns the file that says so */
async function succeed(
  stateDir: string,
  owner: Owner | typeof NOBODY,
  candidate: string,
  bootId: string,
): Promise<string> {
  if (owner !== NOBODY && (await isAlive(owner, bootId))) throw new StateDirInUse(stateDir, owner.pid);
  const file = join(stateDir, `lock.after.${keyOf(owner)}`);
  for (;;) {
    if (await createExclusively(candidate, file)) return file;
    const other = await readOwner(file);
    // Torn by a power cut: it names nobody, so nobody is on the way.
    if (other === NOBODY) await rm(file, { force: true });
    else if (other !== undefined) return succeed(stateDir, other, candidate, bootId);
  }
}

/** `undefined` when there is no such file. */
async function readOwner(file: string): Promise<Owner | typeof NOBODY | undefined> {
  try {
    return v.parse(Owner, JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : NOBODY;
  }
}

function keyOf(owner: Owner | typeof NOBODY | undefined): string | undefined {
  return typeof owner === 'object' ? owner.key : owner;
}

async function isAlive({ bootId, ...identity }: Owner, ownBootId: string): Promise<boolean> {
  // Another life of ours in the same process id, as in a container where everything is pid 7.
  if (identity.pid === process.pid) return false;
  if (isOtherBoot(bootId, ownBootId)) return false;
  return isSameProcessAlive(identity);
}

/** Makes `file` with the content of `source`, unless it exists. */
async function createExclusively(source: string, file: string): Promise<boolean> {
  try {
    await link(source, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') throw error;
      // File systems without hard links, FAT for one.
      return copyFile(source, file, constants.COPYFILE_EXCL);
    });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** With the lock held, what others left of their way there is of no use. */
async function cleanUp(stateDir: string, bootId: string): Promise<void> {
  for (const name of await readdir(stateDir)) {
    const file = join(stateDir, name);
    if (name.startsWith('lock.after.')) await rm(file, { force: true });
    if (!name.startsWith('lock.candidate.')) continue;
    const owner = await readOwner(file);
    if (typeof owner === 'object' && !(await isAlive(owner, bootId))) await rm(file, { force: true });
  }
}
