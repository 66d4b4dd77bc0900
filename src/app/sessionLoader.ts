import type * as vscode from 'vscode';
import type { DaemonModel } from '../model/daemonModel';
import type { Sessions } from './sessions';
import type { SessionsDeps } from '../ui/shared/sessionsDeps';

/** What looks after running work is a chunk of its own: loaded when a daemon has answered, or by a command. */
export class SessionLoader implements vscode.Disposable {
  #work: Sessions | undefined;
  #loading: Promise<Sessions> | undefined;
  #disposed = false;

  constructor(private readonly deps: SessionsDeps) {}

  /** Called after every poll. */
  update(models: readonly DaemonModel[]): void {
    if (this.#work) this.#work.update();
    else if (!this.#loading && models.some(hasAnswered)) void this.#load();
  }

  /** Time alone changed what a countdown shows. */
  counted(): void {
    this.#work?.counted();
  }

  /** Runs a command about work, by its name without prefix. */
  async run(command: string, targets: readonly unknown[]): Promise<void> {
    await (await this.#load()).run(command, targets);
  }

  dispose(): void {
    this.#disposed = true;
    this.#work?.dispose();
  }

  #load(): Promise<Sessions> {
    return (this.#loading ??= import('./sessions').then(({ createSessions }) => {
      this.#work = createSessions(this.deps);
      if (this.#disposed) this.#work.dispose();
      else this.#work.update();
      return this.#work;
    }));
  }
}

/** Also where it runs nothing: it may have lost its work since an earlier window looked, and may yet lose it. */
function hasAnswered({ track }: DaemonModel): boolean {
  return track.last !== undefined;
}
