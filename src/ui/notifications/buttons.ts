import * as vscode from 'vscode';
import type { Buttons } from '../shared/say';
import { BUTTON_LABELS, type Action } from './buttonsText';
import type { Offer } from './notice';

/** The command that each button runs. One without a prefix is not in the manifest. */
const COMMANDS: Readonly<Record<Action, string>> = {
  restart: 'daemonHealth.restart',
  details: 'daemonHealth.showDetails',
  whatHappened: 'daemonHealth.openHealthPage',
  list: 'list',
  // The log, a snooze, and never again: together with the others they would all be cut.
  more: 'more',
  mute: 'mute',
  runAgain: 'daemonHealth.runAgain',
  showSession: 'daemonHealth.showDetails',
  output: 'daemonHealth.showOutput',
  interrupted: 'daemonHealth.showDetails',
  waitLonger: 'waitLonger',
  terminal: 'workbench.action.terminal.focus',
  log: 'daemonHealth.showLog',
  hangReport: 'openReport',
  report: 'openReport',
};

export function labelsOf(offers: readonly Offer[]): Buttons {
  const [first, second, third] = offers.map(({ action }) => BUTTON_LABELS[action]);
  if (first === undefined) return [];
  if (second === undefined) return [first];
  return third === undefined ? [first, second] : [first, second, third];
}

/** @param run runs a command that only messages offer */
export async function press(
  offers: readonly Offer[],
  label: string | undefined,
  run: (command: string, targets: readonly unknown[]) => Promise<void>,
): Promise<void> {
  const offer = offers.find(({ action }) => BUTTON_LABELS[action] === label);
  if (!offer) return;
  const command = COMMANDS[offer.action];
  if (command.includes('.')) await vscode.commands.executeCommand(command, ...offer.targets);
  else await run(command, offer.targets);
}
