import { readFile } from 'node:fs/promises';
import { ownHabitat, type Habitat } from '../system/habitat';
import { identityOf, ownIdentity } from '../system/identity';
import type { ProcessIdentity } from '../system/processInfo';
import { parseAuthor, type Author } from '../system/lockOwner';

/** A window, and its process with its birth and where it lives: the number may be another one's by now. */
export interface Window extends Partial<Omit<ProcessIdentity, 'pid'>>, Habitat {
  readonly windowId: string;
  readonly pid: number;
}

/** @returns `undefined` where no window has said so, or none that can be understood */
export async function readSpeaker(
  file: string,
): Promise<{ readonly windowId: string; readonly author: Author } | undefined> {
  try {
    const { windowId, ...about } = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    const author = parseAuthor(about);
    return typeof windowId === 'string' && author ? { windowId, author } : undefined;
  } catch {
    return undefined;
  }
}

/** A window as others will know it. @param pid of its extension host */
export async function windowOf(windowId: string, pid: number): Promise<Window> {
  const identity = pid === process.pid ? ownIdentity() : await identityOf(pid);
  return { windowId, pid, ...identity, ...(await ownHabitat()) };
}
