import * as vscode from 'vscode';
import type { DaemonModel } from '../daemons/fleet';
import { advanceLife, type Life, type Restarted } from '../health/lifecycle';
import type { WorkDeps } from '../work';
import { withoutLinks } from './links';
import { restartedText } from './lifeText';

const SHOW = 'Show Details';

/** Tells once, in one window, that a daemon began a new life by itself, and what became of its work. */
export class LifeNotices {
  readonly #lives = new Map<string, Life | undefined>();

  constructor(private readonly deps: Pick<WorkDeps, 'models' | 'voice' | 'log'>) {}

  /** Called after every poll. */
  update(): void {
    for (const model of this.deps.models()) {
      const { origin } = model.daemon;
      const { life, restarted } = advanceLife(this.#lives.get(origin), model.track);
      this.#lives.set(origin, life);
      if (restarted) void this.#tell(model, restarted);
    }
  }

  async #tell({ daemon, track }: DaemonModel, restarted: Restarted): Promise<void> {
    const text = restartedText(withoutLinks(daemon.name), restarted);
    this.deps.log(`[${daemon.name}] ${text}`);
    const level = restarted.interrupted > 0 ? 'warning' : 'info';
    const isWanted = () => this.deps.voice.wants(level, daemon.origin);
    const life = track.last?.report.instance?.id ?? 'new life';
    if (!isWanted() || !(await this.deps.voice.maySpeak(`${daemon.origin} restarted ${life}`, isWanted)))
      return;
    const choice = await (level === 'warning'
      ? vscode.window.showWarningMessage(text, SHOW)
      : vscode.window.showInformationMessage(text, SHOW));
    if (choice === SHOW) await vscode.commands.executeCommand('daemonHealth.showDetails', daemon.origin);
  }
}
