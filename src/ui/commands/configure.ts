import * as vscode from 'vscode';
import { settingsTab } from '../shared/settingsTab';

/** VS Code's settings editor finds one setting by its name alone with this filter. */
const QUERY = '@id:daemonHealth.daemons';

/** Opens the settings editor at the list of daemons. */
export async function configureDaemons(): Promise<void> {
  const found = vscode.workspace.getConfiguration('daemonHealth').inspect('daemons');
  const listInWorkspace = vscode.workspace.isTrusted && found?.workspaceValue !== undefined;
  const command = settingsTab({ remoteName: vscode.env.remoteName, listInWorkspace });
  await vscode.commands.executeCommand(command, { query: QUERY });
}
