import * as vscode from 'vscode';
import type { DaemonModel } from '../../model/daemonModel';
import { Instances, type Began } from '../../watch/instances';
import type { Restarted } from '../../health/instances';
import type { SessionsDeps } from '../shared/sessionsDeps';
import { instanceTold, restartedText } from './instancesText';
import type { InterruptedWork } from '../../store/interruptedWork';
import { interruptedRowId } from '../tree/rowIds';
import { say } from '../shared/say';

const SHOW = 'Show Details';

export interface InstanceNoticesDeps extends Pick<
  SessionsDeps,
  'models' | 'voice' | 'log' | 'state' | 'probe'
> {
  readonly lost: InterruptedWork;
}

/** Tells once, in one window, that a daemon began a new life by itself, and what became of its work. */
export class InstanceNotices {
  readonly #lives: Instances;

  constructor(private readonly deps: InstanceNoticesDeps) {
    this.#lives = new Instances({
      ...deps,
      lostWorkOf: async (daemonId) => (await deps.probe(daemonId)).lostWork,
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
    const isWanted = () => this.deps.voice.wants(level, daemon.id);
    if (!isWanted() || !(await this.#claim(model, began, isWanted))) return;
    const choice = await say(level, text, SHOW);
    if (choice !== SHOW) return;
    const row = restarted.interrupted > 0 ? interruptedRowId(daemon.id) : daemon.id;
    await vscode.commands.executeCommand('daemonHealth.showDetails', row);
  }

  /** Whether it is this window that tells of the life that has begun. */
  #claim({ daemon, track }: DaemonModel, began: Began, isWanted: () => boolean): Promise<boolean> {
    const { key, toldFor } = instanceTold(daemon.id, track.last?.report.instance?.id, began);
    return this.deps.voice.maySpeak(key, isWanted, toldFor);
  }
}
