import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readOwn } from '../../system/privateFile';
import { MAX_EXIT_BYTES } from '../policy';
import type { Leftover } from '../life/recoveryPlan';

/** The files in which commands leave their exit code, one per run: see the gate in `launch.ts`. */
export class ExitFiles {
  constructor(readonly dir: string) {}

  path(sessionId: string, attempt: number): string {
    return join(this.dir, `${sessionId}.${attempt}`);
  }

  /**
   * What this run left; `undefined` if it did not end, or only because it was told to.
   * @throws the system's error: a run whose end cannot be read is not to be taken for one that has not ended
   */
  async read(sessionId: string, attempt: number): Promise<Leftover['exit']> {
    const read = await readOwn(this.path(sessionId, attempt), MAX_EXIT_BYTES);
    const text = read && 'text' in read ? read.text.trim() : '';
    // Empty: the shell was killed between opening and writing. `0 TERM`: it was stopped.
    return read && 'text' in read && /^\d+$/.test(text)
      ? { exitCode: Number(text), at: read.changedAt }
      : undefined;
  }

  /** Once the end is in the session's own file. */
  async remove(sessionId: string, attempt: number): Promise<void> {
    await rm(this.path(sessionId, attempt), { force: true });
  }

  /** Drops those of sessions that are accounted for. */
  async removeAll(): Promise<void> {
    for (const name of await readdir(this.dir).catch(() => []))
      await rm(join(this.dir, name), { force: true });
  }
}
