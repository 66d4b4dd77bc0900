import * as vscode from 'vscode';
import { say } from '../shared/say';
import { NONE } from './commandsText';

/** The preview that the editor brings with it. */
const PREVIEW = 'vscode.markdown.preview.editor';

/** Shows what was written down about a daemon: one sentence, with the rest of it folded under that. */
export async function openReport(file: string): Promise<void> {
  const uri = vscode.Uri.file(file);
  const isThere = await vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    void say('info', NONE.report);
    return;
  }
  // Beside nothing would leave half of the window empty.
  const isAnythingOpen = vscode.window.tabGroups.activeTabGroup.tabs.length > 0;
  const viewColumn = isAnythingOpen ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
  try {
    await vscode.commands.executeCommand('vscode.openWith', uri, PREVIEW, viewColumn);
  } catch {
    // Who switched the preview off reads the text.
    await vscode.window.showTextDocument(uri, { viewColumn, preview: true });
  }
}
