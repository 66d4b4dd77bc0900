import type { Memento } from 'vscode';
import type { DaemonId } from '../health/report';
import type { Watched } from '../health/watched';
import type { DaemonModel, Remembered } from '../model/daemonModel';
import { Histories } from './histories';
import { InterruptedWork } from './interruptedWork';
import { KnownInstances } from './knownInstances';
import { SeenDaemons } from './seenDaemons';
import type { WriteLine } from './stored';

/** All that one workspace remembers of its daemons across windows. */
export class WorkspaceMemory {
  readonly #seen: SeenDaemons;
  readonly #histories: Histories;
  readonly #instances: KnownInstances;
  readonly #interrupted: InterruptedWork;

  /** @param wallAt the wall clock, in epoch ms */
  constructor(state: Memento, wallAt: () => number, log: WriteLine) {
    this.#seen = new SeenDaemons(state, wallAt, log);
    this.#histories = new Histories(state, wallAt, log);
    this.#instances = new KnownInstances(state, log);
    this.#interrupted = new InterruptedWork(state, log);
  }

  recall(daemonId: DaemonId): Remembered {
    const instance = this.#instances.recall(daemonId);
    return {
      ...this.#seen.recall(daemonId),
      ...this.#histories.recall(daemonId),
      ...(instance && { instance }),
      lost: this.#interrupted.recall(daemonId),
    };
  }

  /** Called at every step of a daemon: what a closed window would lose. */
  stepped({ daemon }: DaemonModel, { instance, lost }: Watched): void {
    this.#instances.keep(daemon.id, instance);
    this.#interrupted.keep(daemon.id, lost);
  }

  /** Called with every drawing: what may be written now and then. */
  keep(models: readonly DaemonModel[]): void {
    this.#seen.keep(models);
    this.#histories.keep(models);
  }

  /** Writes what is known now: the window closes. */
  async flush(): Promise<void> {
    await this.#histories.flush();
  }
}
