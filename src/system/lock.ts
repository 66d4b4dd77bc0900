import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { ownHabitat, type Habitat } from './habitat';
import { ownIdentity } from './identity';
import { insisting } from './insisting';
import { cleanUp, createExclusively, fileOf, NOBODY, readOwner, socketOf, type LockPlace } from './lockFiles';
import { parseOwner, stateOf, type Owner, type Unproven } from './lockOwner';
import { listenBeside } from './lockSocket';
import { MAX_STATE_BYTES } from './policy';
import { PRIVATE_FILE_MODE, readBounded } from './privateFile';
import { codeOf } from './trouble';
import { parseObject } from '../base/text';

/** What came of asking for a lock. */
export type Locked = { readonly kind: 'ours'; readonly release: () => Promise<void> } | Held;

/** Somebody else has the lock, or may have it. */
export interface Held {
  readonly kind: 'held';
  readonly pid: number;
  /** Whether the owner lives cannot be told from here. Who knows that it has ended may delete the file. */
  readonly unproven?: { readonly where: Unproven; readonly file: string };
}

/** In words, after "held by" or the like: who may have a lock, and the way out. */
export function unprovenOwner(pid: number, { where, file }: NonNullable<Held['unproven']>): string {
  if (where === 'noBirth') {
    return (
      `process ${pid}, whose number an earlier version noted. Another process may have that number by now: ` +
      `if process ${pid} is no editor, delete ${file} and try again`
    );
  }
  const place = where === 'otherMachine' ? 'on another machine' : 'in another container or sandbox';
  return `process ${pid} ${place}. Whether that process still runs cannot be told from here: if it has ended, delete ${file} and try again`;
}

/**
 * Asks for a lock among all processes that use this folder. A lock whose owner has died is taken over.
 *
 * The owner listens on a socket in the folder (Windows: on a pipe) for as long as it has the lock: the kernel says
 * whether it lives, also of a stopped process and of one in another container. Where no socket answers, the number of
 * the process and its birth decide within one boot and one namespace of processes. Clocks do not count.
 *
 * A lock is written whole under a name of its own, its owner listens, and then the lock is linked: nobody reads a
 * half-written lock, and no lock has a socket that is yet to come. Of several that find the same dead owner, the one
 * takes over that first links the file `NAME.after.<the dead owner's key>`. That file names its maker, so a maker that
 * dies half-way is succeeded in the same manner: a kill at any moment neither gives the lock to two nor keeps it from
 * everybody.
 *
 * @param purpose written into the lock, for `readHeld`; each other process goes by what it knows of the lock
 * @throws the file system's error where the lock can be neither read nor written: nobody has it then
 */
export async function tryLock(
  place: LockPlace,
  bootId: string,
  purpose: Readonly<Record<string, string>> = {},
): Promise<Locked> {
  const own = await ownHabitat(bootId);
  const attempt = new Attempt(place, own, purpose);
  const lock = fileOf(place);
  try {
    await attempt.prepare();
    while (!(await createExclusively(attempt.candidate, lock))) {
      const owner = await readOwner(lock, NOBODY);
      if (owner === undefined) continue;
      const succession = await attempt.succeed(lock, owner);
      if (succession.kind === 'held') {
        await attempt.giveUp();
        return succession;
      }
      // Somebody else may have taken over and cleaned up since the lock was read.
      if ((await readOwner(lock, NOBODY))?.key === owner.key) {
        await insisting(() => rename(attempt.candidate, lock));
        break;
      }
      await rm(succession.file, { force: true });
    }
  } catch (error) {
    await attempt.giveUp();
    throw error;
  }
  await rm(attempt.candidate, { force: true }).catch(() => undefined);
  // With the lock in hand, what others left on their way there is of no use; it does no harm either.
  await cleanUp(place, attempt.key, own).catch(() => undefined);
  return {
    kind: 'ours',
    release: async () => {
      // A later owner may have it by now; that lock is not ours to remove.
      if ((await readOwner(lock, NOBODY))?.key === attempt.key) await rm(lock, { force: true });
      // Only now: a lock that could not be removed is held for as long as this process lives.
      await attempt.silence();
    },
  };
}

/**
 * What a lock says whose owner is proven to live; `undefined` for every other lock, and where the lock cannot be read.
 * Changes nothing. @throws the file system's error
 */
export async function readHeld(
  place: LockPlace,
  bootId: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const file = fileOf(place);
  let text: string | undefined;
  try {
    text = await readBounded(file, MAX_STATE_BYTES);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  const owner = text === undefined ? undefined : parseOwner(text);
  if (text === undefined || !owner) return undefined;
  const state = await stateOf(owner, place.folder, await ownHabitat(bootId));
  return state === 'lives' ? parseObject(text) : undefined;
}

/** One try to get a lock: its candidate and its socket. */
class Attempt {
  readonly key = randomBytes(8).toString('hex');
  readonly candidate: string;
  /** The file that says whom this attempt succeeds. */
  #successor: string | undefined;
  #stopListening: (() => Promise<void>) | undefined;

  constructor(
    private readonly place: LockPlace,
    private readonly own: Habitat,
    private readonly purpose: Readonly<Record<string, string>>,
  ) {
    this.candidate = fileOf(place, 'candidate', this.key);
  }

  /** Listens, and writes the candidate. The candidate is first: a socket that no candidate names is left over. */
  async prepare(): Promise<void> {
    const { place, key, own } = this;
    const socket = socketOf(place, key);
    // `at`: versions up to 0.1 take a restart lock without it for nobody's.
    const about = { ...this.purpose, key, ...ownIdentity(), ...own, at: Date.now() };
    await this.#write({ ...about, socket });
    this.#stopListening = await listenBeside(place.folder, socket);
    if (!this.#stopListening) await this.#write(about);
  }

  /** Becomes the successor of a dead owner, or of the dead that wanted to succeed it. */
  async succeed(
    before: string,
    owner: Owner,
  ): Promise<{ readonly kind: 'next'; readonly file: string } | Held> {
    const state = await stateOf(owner, this.place.folder, this.own);
    if (owner.process && state !== 'dead') {
      const unproven = state === 'lives' ? {} : { unproven: { where: state, file: before } };
      return { kind: 'held', pid: owner.process.pid, ...unproven };
    }
    const file = fileOf(this.place, 'after', owner.key);
    for (;;) {
      if (await createExclusively(this.candidate, file)) {
        this.#successor = file;
        return { kind: 'next', file };
      }
      // A torn one is succeeded like a dead one: whoever removed it might remove the file of the next.
      const other = await readOwner(file, `${owner.key}.torn`);
      if (other) return this.succeed(file, other);
    }
  }

  /** Leaves nothing behind. Never throws: why the attempt failed counts more. */
  async giveUp(): Promise<void> {
    for (const file of [this.#successor, this.candidate]) {
      if (file !== undefined) await rm(file, { force: true }).catch(() => undefined);
    }
    await this.silence();
  }

  async silence(): Promise<void> {
    await this.#stopListening?.().catch(() => undefined);
  }

  async #write(about: unknown): Promise<void> {
    await writeFile(this.candidate, JSON.stringify(about), { mode: PRIVATE_FILE_MODE });
  }
}
