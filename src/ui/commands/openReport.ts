import * as vscode from 'vscode';
import { say } from '../shared/say';
import { NONE } from './commandsText';

/**
 * Shows what was written down about a daemon: one sentence, with the rest of it folded under that. As text: the preview
 * of Markdown is an extension that is not everywhere, and stays empty where it is not.
 */
export async function openReport(file: string): Promise<void> {
  const uri = vscode.Uri.file(file);
  const document = await vscode.workspace.openTextDocument(uri).then(
    (opened) => opened,
    () => undefined,
  );
  if (!document) {
    void say('info', NONE.report);
    return;
  }
  // Beside nothing would leave half of the window empty.
  const isAnythingOpen = vscode.window.tabGroups.activeTabGroup.tabs.length > 0;
  const viewColumn = isAnythingOpen ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
  await vscode.window.showTextDocument(document, { viewColumn, preview: true });
  const lines = document.getText().split('\n');
  const headings = lines.flatMap((line, index) => (line.startsWith('## ') ? [index] : []));
  await vscode.commands.executeCommand('editor.fold', {
    levels: 1,
    direction: 'down',
    selectionLines: headings,
  });
}
