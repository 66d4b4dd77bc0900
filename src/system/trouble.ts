import { messageOf } from '../base/errors';

/**
 * What the system says when it cannot do a thing, in plain words. The words complete a sentence: "cannot write its
 * state: no space left".
 */
const WORDS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the limit for the size of a file is reached',
  EROFS: 'the file system is read-only',
  EACCES: 'access is denied',
  EPERM: 'access is denied',
  EIO: 'the disk reports an error',
  ENXIO: 'the disk is gone',
  ENODEV: 'the disk is gone',
  ESTALE: 'the network folder is gone',
  ETIMEDOUT: 'the network folder does not answer',
  ENOENT: 'its folder is gone',
  ENOTDIR: 'a file is in the place of a folder',
  EEXIST: 'a file is in the place of a folder',
  EISDIR: 'a folder is in the place of a file',
  ENAMETOOLONG: 'a name in its path is too long',
  ELOOP: 'its folder is a chain of links without an end',
  EBUSY: 'another program holds its files',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files on this machine',
  EAGAIN: 'too many processes',
  ENOMEM: 'out of memory',
  ENOBUFS: 'out of memory',
};

/** What passes by itself: the same request may succeed a moment later, and nothing of it was done. */
const SHORTAGES: readonly string[] = ['EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM', 'ENOBUFS'];

/** No space, in any form: HTTP has a status of its own for that. */
const FULL: readonly string[] = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/** The system's code of an error; `undefined` for any other error. */
export function codeOf(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}

/** The plain words for an error of the system, else its own message. */
export function inWords(error: unknown): string {
  const words = WORDS[codeOf(error) ?? ''];
  return words ?? messageOf(error);
}

/** Whether this code is one that the system gives for files and processes. */
export function isKnown(code: string): boolean {
  return Object.hasOwn(WORDS, code);
}

/** Whether the system only lacked something for the moment: files, processes, memory. */
export function isShortage(code: string | undefined): boolean {
  return code !== undefined && SHORTAGES.includes(code);
}

/**
 * Something that dispatchd needs, and the system does not give now. `message` is fit to show, and the same for as
 * long as the reason is; `cause` has the system's own words.
 */
export class Trouble extends Error {
  readonly code: string | undefined;

  constructor(what: string, cause: unknown) {
    super(`${what}: ${inWords(cause)}`, { cause });
    this.code = codeOf(cause);
  }

  /** With the system's own words, for the log. */
  get inFull(): string {
    return `${this.message} (${messageOf(this.cause)})`;
  }
}

/** The state could not be written. What was to be kept is not kept. */
export class StateNotWritten extends Trouble {
  constructor(cause: unknown) {
    super('cannot write its state', cause);
  }

  get isFull(): boolean {
    return FULL.includes(this.code ?? '');
  }
}

/** A command could not be started for want of something that others have to give back first. Nothing of it ran. */
export class CannotStartCommands extends Trouble {
  constructor(cause: unknown) {
    super('cannot start commands', cause);
  }
}

/** Does what writes state. @throws StateNotWritten */
export async function writingState<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw error instanceof Trouble || codeOf(error) === undefined ? error : new StateNotWritten(error);
  }
}
