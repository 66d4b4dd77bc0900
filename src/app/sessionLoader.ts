import type * as vscode from 'vscode';
import type { DaemonModel } from '../model/daemonModel';
import type { SessionsDeps } from '../ui/shared/sessionsDeps';
import { Lazy } from './lazy';
import type { Sessions } from './sessions';

/** What looks after running work is a chunk of its own: loaded when a daemon has answered, or by a command. */
export class SessionLoader implements vscode.Disposable {
  readonly #sessions: Lazy<Sessions>;

  /** @param onError is told why nobody looks after the work */
  constructor(deps: SessionsDeps, onError: (error: unknown) => void) {
    this.#sessions = new Lazy(async () => {
      const sessions = (await import('./sessions')).createSessions(deps);
      sessions.update();
      return sessions;
    }, onError);
  }

  /** Called after every poll. */
  update(models: readonly DaemonModel[]): void {
    if (this.#sessions.now) this.#sessions.now.update();
    // Loaded it draws by itself.
    else if (!this.#sessions.isWanted && models.some(hasAnswered)) this.#sessions.pass(() => undefined);
  }

  /** Time alone changed what a countdown shows. */
  counted(): void {
    this.#sessions.now?.counted();
  }

  /** Runs a command about work, by its name without prefix. */
  async run(command: string, targets: readonly unknown[]): Promise<void> {
    await (await this.#sessions.get()).run(command, targets);
  }

  dispose(): void {
    this.#sessions.dispose();
  }
}

/** Also where it runs nothing: it may have lost its work since an earlier window looked, and may yet lose it. */
function hasAnswered({ track }: DaemonModel): boolean {
  return track.last !== undefined;
}
