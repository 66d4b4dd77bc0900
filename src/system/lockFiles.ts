import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Habitat } from './habitat';
import { insisting } from './insisting';
import { parseOwner, stateOf, type Owner } from './lockOwner';
import { MAX_STATE_BYTES, TORN_KEPT_MS, TORN_WAIT_MS } from './policy';
import { readBounded } from './privateFile';

/** Where a lock is. Several locks may share a folder: all files of a lock but its sockets begin with its name. */
export interface LockPlace {
  /** Exists already. */
  readonly folder: string;
  readonly name: string;
}

export const NOBODY = 'nobody';

/** @returns `undefined` when there is no such file */
export async function readOwner(file: string, tornKey: string): Promise<Owner | undefined> {
  const read = async () => {
    try {
      // A pipe, or a file that is longer than any lock, was never written by an owner: it counts as torn.
      return (await insisting(() => readBounded(file, MAX_STATE_BYTES))) ?? '';
    } catch (error) {
      // What cannot be read may be held: only a missing file is nobody's.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      // A link that leads nowhere keeps a lock from being made, and no owner wrote it: it counts as torn.
      const found = await lstat(file).catch(() => undefined);
      return found?.isSymbolicLink() ? '' : undefined;
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

/** Makes `file` with the content of `source`, unless it exists. */
export async function createExclusively(source: string, file: string): Promise<boolean> {
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

/** Removes what the dead left. @param ownKey of the owner, who alone may clean up */
export async function cleanUp(place: LockPlace, ownKey: string, own: Habitat): Promise<void> {
  const { folder, name } = place;
  const lock = fileOf(place);
  const entries = await readdir(folder);
  const keysOf = (prefix: string) =>
    entries.filter((entry) => entry.startsWith(prefix)).map((entry) => entry.slice(prefix.length));
  for (const dead of keysOf(`${name}.after.`)) await rm(fileOf(place, 'after', dead), { force: true });
  const trying = new Set([ownKey]);
  for (const key of keysOf(`${name}.candidate.`)) {
    const file = fileOf(place, 'candidate', key);
    const owner = await readOwner(file, NOBODY);
    // One whose socket refuses may be about to listen.
    const isDead = owner?.process
      ? (await stateOf({ process: owner.process, habitat: owner.habitat ?? {} }, folder, own)) === 'dead'
      : await isLeftTorn(file, lock);
    if (isDead) await rm(file, { force: true });
    else trying.add(key);
  }
  for (const key of keysOf(socketOf(place, ''))) {
    if (!trying.has(key)) await rm(join(folder, socketOf(place, key)), { force: true });
  }
}

/**
 * Whether nobody writes this torn candidate any more. Both times are the disk's: the clock of a process does not count.
 * Whoever was stopped for so long in the middle of writing fails, and has no lock.
 */
async function isLeftTorn(candidate: string, lock: string): Promise<boolean> {
  const [torn, made] = await Promise.all([candidate, lock].map((file) => lstat(file).catch(() => undefined)));
  return torn !== undefined && made !== undefined && made.mtimeMs - torn.mtimeMs > TORN_KEPT_MS;
}

/** Short, since the path of a socket must be. */
export function socketOf({ name }: LockPlace, key: string): string {
  return `sock.${createHash('sha256').update(name).digest('hex').slice(0, 8)}.${key}`;
}

export function fileOf({ folder, name }: LockPlace, ...rest: readonly string[]): string {
  return join(folder, [name, ...rest].join('.'));
}
