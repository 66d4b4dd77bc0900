import * as vscode from 'vscode';
import { exportPast } from '../../diagnostics/exportPast';
import { isOpenIn } from './page';
import type { PageModel } from './pageModel';
import { EXPORT, PAGE } from './pageText';

/** Writes the page into a Markdown file that the user names, and opens the file. */
export async function exportPage(model: PageModel): Promise<void> {
  const day = new Date(model.past.nowAt).toISOString().slice(0, 10);
  const name = `daemon-health-${day}.md`;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const file = await vscode.window.showSaveDialog({
    title: EXPORT.title,
    saveLabel: PAGE.exportPage.replace('…', ''),
    filters: { [EXPORT.filter]: ['md'] },
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, name) }),
  });
  if (!file) return;
  const text = exportPast(model.past, (incident) => isOpenIn(model, incident));
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
  await vscode.window.showTextDocument(file, { viewColumn: vscode.ViewColumn.Beside });
}
