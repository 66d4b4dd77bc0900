import { ownHabitat, type Habitat } from '../system/habitat';
import { identityOf, ownIdentity, type ProcessIdentity } from '../system/identity';
import { parseAuthor, type Author } from '../system/lockOwner';

/** A window, and its process with its birth and where it lives: the number may be another one's by now. */
export interface Speaker extends Partial<Omit<ProcessIdentity, 'pid'>>, Habitat {
  readonly windowId: string;
  readonly pid: number;
}

/** What a file about something told holds: who told it, when, and where it is known when that happened. */
export interface Told extends Speaker {
  /** Epoch ms. */
  readonly at: number;
  /** Epoch ms by which it had happened; `null` while it goes on. */
  readonly byAt?: number | null;
}

/** What could be read of `Told`. What is just being written tells no more than its age. */
export interface ReadTold extends Partial<Pick<Told, 'windowId' | 'byAt'>>, Pick<Told, 'at'> {
  readonly author?: Author;
}

/** @returns `undefined` where no window has said so, or none that can be understood */
export async function readSpeaker(
  file: string,
): Promise<{ readonly windowId: string; readonly author: Author } | undefined> {
  try {
    const { readFile } = await files();
    const about = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    const author = parseAuthor(about);
    return typeof about.windowId === 'string' && author ? { windowId: about.windowId, author } : undefined;
  } catch {
    return undefined;
  }
}

/** @returns no more than its age where the file is empty, or gone by now */
export async function readTold(file: string): Promise<ReadTold> {
  const { readFile, stat } = await files();
  try {
    const about = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    const { at, windowId, byAt } = about;
    const author = parseAuthor(about);
    if (typeof at === 'number' && author) {
      return {
        at,
        author,
        windowId: String(windowId),
        ...((typeof byAt === 'number' || byAt === null) && { byAt }),
      };
    }
  } catch {
    // Empty, or gone by now.
  }
  return { at: await stat(file).then(({ mtimeMs }) => mtimeMs, Date.now) };
}

/** A window as others will know it. @param pid of its extension host */
export async function windowOf(windowId: string, pid: number): Promise<Speaker> {
  const identity = pid === process.pid ? ownIdentity() : await identityOf(pid);
  return { windowId, pid, ...identity, ...(await ownHabitat()) };
}

/** Loaded when there is something to say: both take longer to load than the extension's own code. */
export const files = () => import('node:fs/promises');

/** @returns false where there is such a file */
export async function create(file: string, told: Told): Promise<boolean> {
  const { writeFile } = await files();
  try {
    await writeFile(file, JSON.stringify(told), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
