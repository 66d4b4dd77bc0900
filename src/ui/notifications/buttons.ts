import * as vscode from 'vscode';
import type { Buttons } from '../shared/say';
import type { Action, Offer } from './notice';

/** Every button, and the command that it runs. One without a prefix is not in the manifest. */
const BUTTONS: Readonly<Record<Action, { readonly label: string; readonly command: string }>> = {
  restart: { label: 'Restart Daemon', command: 'daemonHealth.restart' },
  details: { label: 'Show Details', command: 'daemonHealth.showDetails' },
  list: { label: 'Show List', command: 'list' },
  // The log, a snooze, and never again: together with the others they would all be cut.
  more: { label: 'More…', command: 'more' },
  mute: { label: "Don't Show Again", command: 'mute' },
  runAgain: { label: 'Run Again', command: 'daemonHealth.runAgain' },
  showSession: { label: 'Show Session', command: 'daemonHealth.showDetails' },
  output: { label: 'Show Log', command: 'daemonHealth.showOutput' },
  interrupted: { label: 'Show Interrupted', command: 'daemonHealth.showDetails' },
  waitLonger: { label: 'Wait Longer', command: 'waitLonger' },
  terminal: { label: 'Show Terminal', command: 'workbench.action.terminal.focus' },
  log: { label: 'Show Log', command: 'daemonHealth.showLog' },
};

export function labelsOf(offers: readonly Offer[]): Buttons {
  const [first, second, third] = offers.map(({ action }) => BUTTONS[action].label);
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
  const offer = offers.find(({ action }) => BUTTONS[action].label === label);
  if (!offer) return;
  const { command } = BUTTONS[offer.action];
  if (command.includes('.')) await vscode.commands.executeCommand(command, ...offer.targets);
  else await run(command, offer.targets);
}
