import type * as vscode from 'vscode';
import type { DaemonModel } from '../watch/registry';
import type { Work, WorkDeps } from './sessions';

/** What looks after running work is a chunk of its own: loaded when a daemon has answered, or by a command. */
export class WorkLoader implements vscode.Disposable {
  #work: Work | undefined;
  #loading: Promise<Work> | undefined;
  #disposed = false;

  constructor(private readonly deps: WorkDeps) {}

  /** Called after every poll. */
  update(models: readonly DaemonModel[]): void {
    if (this.#work) this.#work.update();
    else if (!this.#loading && models.some(hasAnswered)) void this.#load();
  }

  /** Runs a command about work, by its name without prefix. */
  async run(command: string, targets: readonly unknown[]): Promise<void> {
    await (await this.#load()).run(command, targets);
  }

  dispose(): void {
    this.#disposed = true;
    this.#work?.dispose();
  }

  #load(): Promise<Work> {
    return (this.#loading ??= import('./sessions').then(({ createWork }) => {
      this.#work = createWork(this.deps);
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
