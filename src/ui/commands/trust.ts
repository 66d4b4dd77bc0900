import * as vscode from 'vscode';
import { TRUST_WAIT_MS } from '../policy';
import { ask } from '../shared/say';
import { MANAGE_TRUST, TRUST_DETAIL, trustQuestion } from './commandsText';

/**
 * Whether commands may be run here. If not, says why, shows where that is changed, and waits for it: what was asked
 * for goes on once the workspace is trusted, and not at all when its editor is closed again.
 *
 * @param what needs it, as the subject of a sentence: "Restarting dispatchd", "Run Again"
 */
export async function ensureTrusted(what: string): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true;
  const choice = await ask('warning', trustQuestion(what), TRUST_DETAIL, MANAGE_TRUST);
  if (choice !== MANAGE_TRUST) return false;
  return new Promise((resolve) => {
    const subscriptions: vscode.Disposable[] = [];
    const end = (trusted: boolean) => {
      clearTimeout(timer);
      vscode.Disposable.from(...subscriptions).dispose();
      resolve(trusted);
    };
    const timer = setTimeout(() => end(false), TRUST_WAIT_MS);
    subscriptions.push(
      vscode.workspace.onDidGrantWorkspaceTrust(() => end(true)),
      onDidCloseNextEditor(() => end(false)),
    );
    void vscode.commands.executeCommand('workbench.trust.manage');
  });
}

/** The trust editor is none that the API knows by name: it is the one that is opened or shown next. */
function onDidCloseNextEditor(listener: () => void): vscode.Disposable {
  let label: string | undefined;
  return vscode.window.tabGroups.onDidChangeTabs(({ opened, changed, closed }) => {
    label ??= [...opened, ...changed].find((tab) => tab.isActive && tab.input === undefined)?.label;
    if (closed.some((tab) => tab.label === label)) listener();
  });
}
