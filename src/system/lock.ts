import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pid as ownPid } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { isPidAlive, identityOf, isSameProcessAlive, ownIdentity, type ProcessIdentity } from './identity';
import { isOtherBoot } from './bootId';
import { insisting } from './insisting';
import { TORN_WAIT_MS } from './policy';

/** Where a lock is. Several locks may share a folder: all files of a lock begin with its name. */
export interface LockPlace {
  /** Exists already. */
  readonly folder: string;
  readonly name: string;
}

/** What came of asking for a lock. */
export type Locked =
  | { readonly kind: 'ours'; readonly release: () => Promise<void> }
  | { readonly kind: 'held'; readonly pid: number };

/** Who a lock file names. Without `process` the file is torn and names nobody. */
interface Owner {
  /** Unique for each attempt to get the lock. */
  readonly key: string;
  readonly process?: Pick<ProcessIdentity, 'pid'> & Partial<ProcessIdentity>;
  readonly bootId?: string;
}

/** Other users have no business with a lock. */
const PRIVATE_FILE_MODE = 0o600;
const NOBODY = 'nobody';
const KEY = /^[\w-]{1,64}$/;

/**
 * Asks for a lock among all processes that use this folder. A lock whose owner has died is taken over. The owner is
 * known by its process number and its birth, so a number that was given away, or ours of an earlier life, is told
 * apart; a reboot is told by the boot id. Clocks do not count.
 *
 * A lock is written whole under a name of its own, then linked: nobody reads a half-written one. Of several that
 * find the same dead owner, the one takes over that first links the file `NAME.after.<the dead owner's key>`. That
 * file names its maker, so a maker that dies half-way is succeeded in the same manner: a kill at any moment neither
 * gives the lock to two nor keeps it from everybody.
 *
 * @throws the file system's error where the lock can be neither read nor written: nobody has it then
 */
export async function tryLock(place: LockPlace, bootId: string): Promise<Locked> {
  // A window of a version up to 0.1 takes a lock without `at` for nobody's, removes it and restarts a second time.
  // One with `at` counts for that window for five minutes; here `at` counts for nothing.
  const own = { key: randomUUID(), ...ownIdentity(), bootId, at: Date.now() };
  const lock = fileOf(place);
  const candidate = fileOf(place, 'candidate', own.key);
  try {
    await writeFile(candidate, JSON.stringify(own), { mode: PRIVATE_FILE_MODE });
    while (!(await createExclusively(candidate, lock))) {
      const owner = await readOwner(lock, NOBODY);
      if (owner === undefined) continue;
      const succession = await succeed(place, owner, candidate, bootId);
      if (succession.kind === 'held') return succession;
      // Somebody else may have taken over and cleaned up since the lock was read.
      if ((await readOwner(lock, NOBODY))?.key === owner.key) {
        await insisting(() => rename(candidate, lock));
        break;
      }
      await rm(succession.file, { force: true });
    }
  } finally {
    await rm(candidate, { force: true });
  }
  // With the lock in hand, what others left on their way there is of no use; it does no harm either.
  await cleanUp(place, bootId).catch(() => undefined);
  return {
    kind: 'ours',
    release: async () => {
      // A later owner may have it by now; that lock is not ours to remove.
      if ((await readOwner(lock, NOBODY))?.key === own.key) await rm(lock, { force: true });
    },
  };
}

/** Becomes the successor of a dead owner, or of the dead that wanted to succeed it. */
async function succeed(
  place: LockPlace,
  owner: Owner,
  candidate: string,
  bootId: string,
): Promise<
  { readonly kind: 'next'; readonly file: string } | { readonly kind: 'held'; readonly pid: number }
> {
  if (owner.process && (await isAlive(owner, bootId))) return { kind: 'held', pid: owner.process.pid };
  const file = fileOf(place, 'after', owner.key);
  for (;;) {
    if (await createExclusively(candidate, file)) return { kind: 'next', file };
    // A torn one is succeeded like a dead one: whoever removed it might remove the file of the next.
    const other = await readOwner(file, `${owner.key}.torn`);
    if (other) return succeed(place, other, candidate, bootId);
  }
}

/** @returns `undefined` when there is no such file */
async function readOwner(file: string, tornKey: string): Promise<Owner | undefined> {
  const read = async () => {
    try {
      return await insisting(() => readFile(file, 'utf8'));
    } catch (error) {
      // What cannot be read may be held: only a missing file is nobody's.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  };
  const text = await read();
  if (text === undefined) return undefined;
  const owner = parseOwner(text);
  if (owner) return owner;
  await delay(TORN_WAIT_MS);
  const again = await read();
  return again === undefined ? undefined : (parseOwner(again) ?? { key: tornKey });
}

function parseOwner(text: string): Owner | undefined {
  const about = parseObject(text);
  if (!about) return undefined;
  const { key, pid, startedAtMs, startTicks, bootId, at } = about;
  if (!isPid(pid)) return undefined;
  if (
    typeof key === 'string' &&
    KEY.test(key) &&
    typeof startedAtMs === 'number' &&
    typeof bootId === 'string'
  ) {
    const process = { pid, startedAtMs, ...(typeof startTicks === 'number' && { startTicks }) };
    return { key, process, bootId };
  }
  // The restart lock of versions up to 0.1: a number without a birth, and when it was written.
  return typeof at === 'number' ? { key: `old-${pid}-${at}`, process: { pid } } : undefined;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function isPid(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1;
}

async function isAlive({ process, bootId }: Owner, ownBootId: string): Promise<boolean> {
  if (!process || (bootId !== undefined && isOtherBoot(bootId, ownBootId))) return false;
  const { pid, startedAtMs } = process;
  if (startedAtMs !== undefined) return isSameProcessAlive({ ...process, startedAtMs });
  // This version writes no lock without a birth: an earlier life of this number did.
  if (pid === ownPid) return false;
  const now = await identityOf(pid);
  return now ? isSameProcessAlive(now) : isPidAlive(pid);
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

async function cleanUp({ folder, name }: LockPlace, bootId: string): Promise<void> {
  for (const entry of await readdir(folder)) {
    const file = join(folder, entry);
    if (entry.startsWith(`${name}.after.`)) await rm(file, { force: true });
    if (!entry.startsWith(`${name}.candidate.`)) continue;
    const owner = await readOwner(file, NOBODY);
    // A torn candidate may be one that is being written.
    if (owner?.process && !(await isAlive(owner, bootId))) await rm(file, { force: true });
  }
}

function fileOf({ folder, name }: LockPlace, ...rest: readonly string[]): string {
  return join(folder, [name, ...rest].join('.'));
}
