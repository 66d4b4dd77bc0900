import * as vscode from 'vscode';
import type { DaemonModel } from '../daemons/fleet';
import { Lives } from '../daemons/lives';
import type { Restarted } from '../health/lifecycle';
import { LIFE_TOLD_MS } from '../health/policy';
import type { WorkDeps } from '../work';
import { withoutLinks } from './links';
import { restartedText } from './lifeText';
import type { LostWork } from './lostWork';
import { interruptedRowId } from './rowIds';

const SHOW = 'Show Details';

export interface LifeNoticesDeps extends Pick<WorkDeps, 'models' | 'voice' | 'log' | 'state'> {
  readonly lost: LostWork;
}

/** Tells once, in one window, that a daemon began a new life by itself, and what became of its work. */
export class LifeNotices {
  readonly #lives: Lives;

  constructor(private readonly deps: LifeNoticesDeps) {
    this.#lives = new Lives({
      ...deps,
      onRestarted: (model, restarted, isNews, worth) => {
        deps.lost.add(model, restarted.lost);
        if (isNews) void this.#tell(model, restarted);
        // Other windows see the new life, too, and none of them knows that it was asked for.
        else if (worth === 'told') void this.#claim(model, () => true);
      },
    });
  }

  /** Called after every poll. */
  update(): void {
    this.#lives.update();
    for (const model of this.deps.models()) this.deps.lost.update(model);
  }

  async #tell(model: DaemonModel, restarted: Restarted): Promise<void> {
    const { daemon } = model;
    const text = restartedText(withoutLinks(daemon.name), restarted);
    this.deps.log(`[${daemon.name}] ${text}`);
    const level = restarted.interrupted > 0 ? 'warning' : 'info';
    const isWanted = () => this.deps.voice.wants(level, daemon.origin);
    if (!isWanted() || !(await this.#claim(model, isWanted))) return;
    const choice = await (level === 'warning'
      ? vscode.window.showWarningMessage(text, SHOW)
      : vscode.window.showInformationMessage(text, SHOW));
    if (choice !== SHOW) return;
    const row = restarted.interrupted > 0 ? interruptedRowId(daemon.origin) : daemon.origin;
    await vscode.commands.executeCommand('daemonHealth.showDetails', row);
  }

  /** Whether it is this window that tells of the life that has begun. */
  #claim({ daemon, track }: DaemonModel, isWanted: () => boolean): Promise<boolean> {
    // A life without a name is told of by one window, and the next one by one window again.
    const life = track.last?.report.instance?.id;
    const toldFor = life === undefined ? undefined : LIFE_TOLD_MS;
    return this.deps.voice.maySpeak(`${daemon.origin} restarted ${life ?? 'new life'}`, isWanted, toldFor);
  }
}
