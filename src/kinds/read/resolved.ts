import { realpath } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** The path with symbolic links resolved; as it is where there is none, or the file system does not answer in time. */
export async function resolved(path: string, timeoutMs: number): Promise<string> {
  return Promise.race([realpath(path).catch(() => path), delay(timeoutMs, path, { ref: false })]);
}
