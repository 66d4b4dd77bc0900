import * as vscode from 'vscode';
import type { Clock } from '../clock';
import type { DaemonModel } from '../daemons/fleet';
import type { Notice } from '../health/incident';
import { SEVERITY } from '../health/verdict';
import type { Settings } from '../settings';
import type { SpeakerLease } from './lease';
import { isWanted, noticeMessage } from './messages';

const RESTART = 'Restart Daemon';
const DETAILS = 'Show Details';
const LOG = 'Show Log';
const SNOOZE = 'Snooze…';
const NEVER = "Don't Show Again";

const COMMAND: Readonly<Record<string, string>> = {
  [RESTART]: 'daemonHealth.restart',
  [DETAILS]: 'daemonHealth.showDetails',
  [LOG]: 'daemonHealth.showLog',
  [SNOOZE]: 'daemonHealth.snooze',
};

export interface NotifierDeps {
  readonly clock: Clock;
  readonly settings: Settings;
  readonly lease: SpeakerLease;
  /** The daemon as it is now; `undefined` when it is no longer watched. */
  readonly current: (origin: string) => DaemonModel | undefined;
}

/** Tells the user of an incident, once, in one window, with what helps now. */
export class Notifier {
  /** Held back by a snooze: told when it ends, if the incident has not. */
  readonly #held = new Map<string, Notice>();

  constructor(private readonly deps: NotifierDeps) {}

  /** Shows one notice, unless it is not wanted, snoozed, or another window's to tell. */
  async tell(model: DaemonModel, notice: Notice): Promise<void> {
    const { origin } = model.daemon;
    if (!isWanted(notice, this.deps.settings.notifications())) return;
    if (model.snooze) {
      if (notice.kind === 'recovered') this.#held.delete(origin);
      else this.#held.set(origin, { ...notice, kind: 'reminder' });
      return;
    }
    const key = `${origin} ${notice.kind === 'recovered' ? 'recovered' : `${notice.kind} ${notice.state}`}`;
    const stillWanted = () => notice.kind === 'recovered' || this.#isOpen(origin);
    if (await this.deps.lease.maySpeak(key, stillWanted)) await this.#show(model, notice);
  }

  /** Called after every poll: tells what a snooze held back, once it is over. */
  resume(): void {
    for (const [origin, notice] of this.#held) {
      const model = this.deps.current(origin);
      if (model?.snooze && this.#isOpen(origin)) continue;
      this.#held.delete(origin);
      if (model && this.#isOpen(origin)) void this.tell(model, notice);
    }
  }

  #isOpen(origin: string): boolean {
    return this.deps.current(origin)?.track.incident !== undefined;
  }

  async #show(model: DaemonModel, notice: Notice): Promise<void> {
    const { level, text, offersRestart } = noticeMessage(model, notice, this.deps.clock.now());
    const buttons =
      notice.kind === 'recovered'
        ? [DETAILS]
        : [
            ...(offersRestart ? [RESTART] : []),
            DETAILS,
            LOG,
            SNOOZE,
            ...(SEVERITY[notice.state] === 'amber' ? [NEVER] : []),
          ];
    const choice = await show(level, text, buttons);
    if (choice === NEVER) await this.deps.settings.mute(notice.state);
    const command = choice === undefined ? undefined : COMMAND[choice];
    if (command !== undefined) await vscode.commands.executeCommand(command, model.daemon.origin);
  }
}

function show(
  level: 'error' | 'warning' | 'info',
  text: string,
  buttons: string[],
): Thenable<string | undefined> {
  switch (level) {
    case 'error':
      return vscode.window.showErrorMessage(text, ...buttons);
    case 'warning':
      return vscode.window.showWarningMessage(text, ...buttons);
    case 'info':
      return vscode.window.showInformationMessage(text, ...buttons);
  }
}
