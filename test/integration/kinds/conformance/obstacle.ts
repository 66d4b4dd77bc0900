import { execFileSync } from 'node:child_process';
import { constants, closeSync, openSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Target } from '../../../../src/model/target';
import { Gate } from './gate';
import type { Stage } from './stage';

/** Stands between a daemon and who asks: nothing comes through in time. */
export interface Obstacle {
  /** Where to ask. */
  readonly target: Target;
  /** What was asked for so far, in order; nothing of a daemon that is asked nothing. */
  readonly requests: readonly string[];
  hold(): void;
  release(): Promise<void>;
  close(): Promise<void>;
}

export async function obstacleOf(stage: Stage): Promise<Obstacle> {
  if (stage.target.kind !== 'http') return new SlowFiles(stage);
  const gate = await Gate.before(stage.target);
  return {
    target: gate.target,
    requests: gate.requests,
    hold: () => gate.hold(),
    release: () => Promise.resolve(gate.release()),
    close: () => gate.close(),
  };
}

/** libuv's threads, on which all files are read; its default number. */
const THREADS = Number(process.env['UV_THREADPOOL_SIZE'] ?? 4);

/** All threads that read files wait, as they do for a file system that is gone. */
class SlowFiles implements Obstacle {
  readonly requests: readonly string[] = [];
  readonly target: Target;
  readonly #pipes: readonly string[];
  #waiting: readonly Promise<FileHandle>[] = [];

  constructor({ folder, target }: Stage) {
    this.target = target;
    this.#pipes = Array.from({ length: THREADS }, (_, n) => join(folder, `pipe${n}`));
    execFileSync('mkfifo', this.#pipes);
  }

  /** Who opens a pipe to read from it waits for somebody who writes. */
  hold(): void {
    this.#waiting = this.#pipes.map((pipe) => open(pipe, 'r'));
  }

  async release(): Promise<void> {
    const writers = this.#pipes.map((pipe) => openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK));
    for (const handle of await Promise.all(this.#waiting)) await handle.close();
    this.#waiting = [];
    for (const writer of writers) closeSync(writer);
  }

  close(): Promise<void> {
    return this.#waiting.length > 0 ? this.release() : Promise.resolve();
  }
}
