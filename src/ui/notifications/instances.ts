import * as vscode from 'vscode';
import type { HealthEvent } from '../../health/advance';
import type { DaemonModel } from '../../model/daemonModel';
import type { SessionsDeps } from '../shared/sessionsDeps';
import { instanceTold, restartedText } from './instancesText';
import { interruptedRowId } from '../tree/rowIds';
import { say } from '../shared/say';

const SHOW = 'Show Details';

type Restart = Extract<HealthEvent, { kind: 'restarted' }>;

/** Tells once, in one window, that a daemon began a new life by itself, and what became of its work. */
export class InstanceNotices {
  constructor(private readonly deps: Pick<SessionsDeps, 'voice' | 'log'>) {}

  async tell(model: DaemonModel, restart: Restart): Promise<void> {
    // Other windows see the new life, too, and none of them knows that it was asked for.
    if (!restart.isNews) {
      if (restart.announce === 'told') await this.#claim(model, restart, () => true);
      return;
    }
    const { daemon } = model;
    const { restarted } = restart;
    const text = restartedText(daemon.name, restarted);
    this.deps.log(`[${daemon.name}] ${text}`);
    const level = restarted.interrupted > 0 ? 'warning' : 'info';
    const isWanted = () => this.deps.voice.wants(level, daemon.id);
    if (!isWanted() || !(await this.#claim(model, restart, isWanted))) return;
    const choice = await say(level, text, SHOW);
    if (choice !== SHOW) return;
    const row = restarted.interrupted > 0 ? interruptedRowId(daemon.id) : daemon.id;
    await vscode.commands.executeCommand('daemonHealth.showDetails', row);
  }

  /** Whether it is this window that tells of the life that has begun. */
  #claim({ daemon }: DaemonModel, { instanceId, began }: Restart, isWanted: () => boolean): Promise<boolean> {
    const { key, toldFor } = instanceTold(daemon.id, instanceId, began);
    return this.deps.voice.maySpeak(key, isWanted, toldFor);
  }
}
