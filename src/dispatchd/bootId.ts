import { readFile } from 'node:fs/promises';

/** Tells one boot of the machine from the next; `unknown` where that cannot be found out. */
export async function readBootId(): Promise<string> {
  if (process.platform !== 'linux') return 'unknown';
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim() || 'unknown';
}
