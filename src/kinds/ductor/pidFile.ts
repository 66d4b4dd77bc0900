import { identityIn, isPidRunning, isProvenAlive, isProvenAliveNow } from '../../system/identity';
import type { ProcessIdentity } from '../../system/processInfo';
import { describeProcess } from '../../system/processTable';
import { beganBefore } from '../sameInstance';
import { BIRTH_RELOOK_MS } from './policy';

/**
 * The process that wrote a file with its own number. The file outlives a ductor that was killed, and its number may be
 * another's by now: who wrote it was there before it was written. A clock that was set in between would tell a living
 * ductor from itself, so that a process which calls itself one is believed as well.
 */
export class PidFileWriter {
  #found: { readonly key: string; readonly writer: ProcessIdentity; askedMs: number } | undefined;

  /**
   * @param file what the file says, and when it was written, epoch ms
   * @throws {ToolFailed}
   */
  async isAlive({
    value: pid,
    changedAt,
  }: {
    readonly value: unknown;
    readonly changedAt: number;
  }): Promise<boolean> {
    if (typeof pid !== 'number' || !Number.isInteger(pid) || pid < 1 || !isPidRunning(pid)) return false;
    const key = `${pid} ${changedAt}`;
    if (this.#found?.key !== key) {
      const process = await describeProcess(pid);
      const isWriter = beganBefore(process, changedAt) || /\bductor\b/.test(process.commandLine);
      const writer = isWriter ? identityIn(process) : undefined;
      this.#found = writer && { key, writer, askedMs: performance.now() };
      return writer !== undefined;
    }
    // Once it is known, another process of its number is told by its birth.
    const { writer, askedMs } = this.#found;
    const isAlive = isProvenAliveNow(writer);
    if (isAlive !== undefined) return isAlive;
    if (performance.now() - askedMs < BIRTH_RELOOK_MS) return true;
    this.#found.askedMs = performance.now();
    return isProvenAlive(writer);
  }
}
