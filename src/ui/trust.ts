import * as vscode from 'vscode';

/** Whether commands may be run here; if not, says why and where that is changed. */
export async function ensureTrusted(what: string): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true;
  const manage = 'Manage Workspace Trust';
  const choice = await vscode.window.showWarningMessage(
    `${what} runs commands on this machine, and that needs a trusted workspace; nothing was done.`,
    manage,
  );
  if (choice === manage) await vscode.commands.executeCommand('workbench.trust.manage');
  return false;
}
