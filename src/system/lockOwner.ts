import { pid as ownPid } from 'node:process';
import { parseObject } from '../base/text';
import { identityIn, identityOf, isPidAlive, isSameProcessAlive } from './identity';
import type { PartialIdentity } from './processInfo';
import { whereabouts, type Habitat } from './habitat';
import { ask } from './lockSocket';

/** A process and where it lives, as far as it wrote that down. */
export interface Author {
  readonly process: PartialIdentity;
  readonly habitat: Partial<Habitat>;
}

/** Who a lock file names. Without `process` the file is torn and names nobody. */
export interface Owner extends Partial<Author> {
  /** Unique for each attempt to get the lock. */
  readonly key: string;
  /** The name of the socket that the owner listens on. */
  readonly socket?: string;
}

/** What is known of the owner of a lock. */
export type OwnerState = 'lives' | 'dead' | Unproven;

/**
 * Why it is not known whether an owner lives of which no socket tells. The owner numbers processes in another way; or
 * an earlier version wrote a number without a birth, and a process has that number now.
 */
export type Unproven = 'otherNamespace' | 'otherMachine' | 'noBirth';

const KEY = /^[\w-]{1,64}$/;
/** A name in the folder of the lock, and never one of another folder. */
const SOCKET = /^sock\.[\w-]{1,64}\.[\w-]{1,64}$/;

/** @returns `undefined` where the text is not a whole lock of this version or of an earlier one */
export function parseOwner(text: string): Owner | undefined {
  const about = parseObject(text);
  const author = about && parseAuthor(about);
  if (!author) return undefined;
  const { process, habitat } = author;
  const { key, socket, at } = about;
  if (typeof key === 'string' && KEY.test(key) && process.startedAtMs !== undefined && habitat.bootId) {
    return { key, ...author, ...(typeof socket === 'string' && SOCKET.test(socket) && { socket }) };
  }
  // The restart lock of versions up to 0.1: a number without a birth, and when it was written.
  const { pid } = process;
  return typeof at === 'number' ? { key: `old-${pid}-${at}`, process: { pid } } : undefined;
}

/**
 * Who wrote a file that says so, as far as it is said: versions up to 0.1 wrote a number, and a birth on Linux only.
 * @returns `undefined` where not even a number is said
 */
export function parseAuthor(about: Readonly<Record<string, unknown>>): Author | undefined {
  const { pid, startedAtMs, startTicks, bootId, machine, pidNamespace } = about;
  if (!isPid(pid)) return undefined;
  const hasTicks = typeof startTicks === 'number';
  return {
    process: {
      pid,
      ...(hasTicks && { startedAtMs: 0, startTicks }),
      ...(typeof startedAtMs === 'number' && { startedAtMs }),
    },
    habitat: {
      ...(typeof bootId === 'string' && { bootId }),
      ...(typeof machine === 'string' && { machine }),
      ...(typeof pidNamespace === 'string' && { pidNamespace }),
    },
  };
}

/**
 * Whether the owner of a lock, or the author of another file, lives. Its socket decides first. Where no socket answers,
 * the number of the process and its birth decide, among those who number processes in the same way.
 *
 * @param folder where the file is
 */
export async function stateOf(owner: Omit<Owner, 'key'>, folder: string, own: Habitat): Promise<OwnerState> {
  const { process: identity, habitat = {}, socket } = owner;
  if (!identity) return 'dead';
  const life = socket === undefined ? 'silent' : await ask(folder, socket);
  if (life === 'lives') return 'lives';
  const where = whereabouts(habitat, own);
  if (where === 'earlierBoot') return 'dead';
  // The kernel of another machine has the listener of a socket in a shared folder: ours refuses.
  if (where === 'otherMachine') return where;
  // BSD refuses also where the queue of a stopped listener is full: there its birth must agree.
  if (life === 'refused' && process.platform === 'linux') return 'dead';
  if (where === 'otherNamespace') return where;
  const known = identityIn(identity);
  if (known) return (await isSameProcessAlive(known)) ? 'lives' : 'dead';
  return (await isNumberInUse(identity.pid)) ? 'noBirth' : 'dead';
}

async function isNumberInUse(pid: number): Promise<boolean> {
  // This version writes no lock without a birth: an earlier life of this number did.
  if (pid === ownPid) return false;
  const now = await identityOf(pid);
  return now ? isSameProcessAlive(now) : isPidAlive(pid);
}

function isPid(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1;
}
