import * as vscode from 'vscode';
import type { Clock } from '../clock';
import type { DaemonModel } from '../daemons/fleet';
import type { Notice } from '../health/incident';
import { noticeMessage } from './messages';

const RESTART = 'Restart Daemon';
const DETAILS = 'Show Details';
const LOG = 'Show Log';

const COMMAND: Readonly<Record<string, string>> = {
  [RESTART]: 'daemonHealth.restart',
  [DETAILS]: 'daemonHealth.showDetails',
  [LOG]: 'daemonHealth.showLog',
};

/** Tells the user of an incident, once, with what helps now. */
export class Notifier {
  constructor(private readonly clock: Clock) {}

  /** Shows one notice; a button runs its command for this daemon. */
  async tell(model: DaemonModel, notice: Notice): Promise<void> {
    const { level, text, offersRestart } = noticeMessage(model, notice, this.clock.now());
    const buttons = [...(offersRestart ? [RESTART] : []), DETAILS, ...(level === 'info' ? [] : [LOG])];
    const choice = await show(level, text, buttons);
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
