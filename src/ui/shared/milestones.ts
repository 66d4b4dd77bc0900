import * as vscode from 'vscode';

/**
 * What somebody who is new has really done, as context keys: the steps of the walkthrough in package.json tick by them,
 * and not by a command that was called and came to nothing.
 */
export const MILESTONES = {
  /** A daemon was to be seen in the view. */
  seen: 'daemonHealth.seen',
  /** A dispatchd took a command. */
  ran: 'daemonHealth.ran',
  /** A restart was proven. */
  restarted: 'daemonHealth.restarted',
} as const;

export function reached(milestone: keyof typeof MILESTONES): void {
  void vscode.commands.executeCommand('setContext', MILESTONES[milestone], true);
}
