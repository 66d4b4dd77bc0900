import * as vscode from 'vscode';
import type { DaemonModel } from '../../watch/registry';
import { Lives, type Began } from '../../watch/lives';
import type { Restarted } from '../../health/instances';
import type { WorkDeps } from '../../app/sessions';
import { lifeTold, restartedText } from './instancesText';
import type { LostWork } from '../../store/interruptedWork';
import { interruptedRowId } from '../tree/rowIds';
import { say } from '../shared/say';

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
      onRestarted: (model, restarted, isNews, worth, began) => {
        deps.lost.add(model, restarted.lost);
        if (isNews) void this.#tell(model, restarted, began);
        // Other windows see the new life, too, and none of them knows that it was asked for.
        else if (worth === 'told') void this.#claim(model, began, () => true);
      },
    });
  }

  /** Called after every poll. */
  update(): void {
    this.#lives.update();
    for (const model of this.deps.models()) this.deps.lost.update(model);
  }

  async #tell(model: DaemonModel, restarted: Restarted, began: Began): Promise<void> {
    const { daemon } = model;
    const text = restartedText(daemon.name, restarted);
    this.deps.log(`[${daemon.name}] ${text}`);
    const level = restarted.interrupted > 0 ? 'warning' : 'info';
    const isWanted = () => this.deps.voice.wants(level, daemon.origin);
    if (!isWanted() || !(await this.#claim(model, began, isWanted))) return;
    const choice = await say(level, text, SHOW);
    if (choice !== SHOW) return;
    const row = restarted.interrupted > 0 ? interruptedRowId(daemon.origin) : daemon.origin;
    await vscode.commands.executeCommand('daemonHealth.showDetails', row);
  }

  /** Whether it is this window that tells of the life that has begun. */
  #claim({ daemon, track }: DaemonModel, began: Began, isWanted: () => boolean): Promise<boolean> {
    const { key, toldFor } = lifeTold(daemon.origin, track.last?.report.instance?.id, began);
    return this.deps.voice.maySpeak(key, isWanted, toldFor);
  }
}
