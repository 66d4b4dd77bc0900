import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** A process that answers each message with one; it ends with this process at the latest. */
export class Child {
  readonly #process: ChildProcess;
  #ended: string | undefined;

  constructor(file: string, node: string) {
    this.#process = fork(file, [], { execPath: node, execArgv: [], serialization: 'advanced' });
    this.#process.once('exit', (code, signal) => (this.#ended = `${file} ended with ${signal ?? code}`));
  }

  async ask<T>(message: object | string): Promise<T> {
    const ending = new AbortController();
    const fail = () => ending.abort();
    this.#process.once('exit', fail);
    try {
      if (this.#ended === undefined) this.#process.send(message);
      else ending.abort();
      const [answer] = (await once(this.#process, 'message', { signal: ending.signal })) as [T];
      return answer;
    } catch (error) {
      throw this.#ended === undefined ? error : new Error(this.#ended, { cause: error });
    } finally {
      this.#process.off('exit', fail);
    }
  }

  end(): void {
    if (this.#process.connected) this.#process.disconnect();
  }
}
