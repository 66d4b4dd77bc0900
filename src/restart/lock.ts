import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from './processes';

/** A lock older than this was left by a window that is gone, whatever its process number now belongs to. */
const MAX_AGE_MS = 5 * 60_000;

/**
 * The right to restart or stop one daemon, among all windows of this machine.
 * @returns a function that gives it back; `undefined` when another window has it
 */
export async function lockDaemon(folder: string, origin: string): Promise<(() => Promise<void>) | undefined> {
  const name = createHash('sha256').update(origin).digest('hex').slice(0, 32);
  const file = join(folder, `restart.${name}.lock`);
  await mkdir(folder, { recursive: true });
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      await writeFile(file, JSON.stringify({ pid: process.pid, at: Date.now() }), { flag: 'wx' });
      return () => rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if (await isHeld(file)) return undefined;
    await rm(file, { force: true });
  }
  return undefined;
}

async function isHeld(file: string): Promise<boolean> {
  try {
    const { pid, at } = JSON.parse(await readFile(file, 'utf8')) as { pid?: unknown; at?: unknown };
    return (
      typeof pid === 'number' &&
      typeof at === 'number' &&
      Date.now() - at < MAX_AGE_MS &&
      (await isAlive(pid))
    );
  } catch {
    return false;
  }
}
