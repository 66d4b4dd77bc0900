import * as vscode from 'vscode';
import type { SessionActions } from '../../kinds/kind';

const SCHEME = 'daemonhealth-output';

/** What sessions printed, as read-only documents. */
export class OutputDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  readonly #texts = new Map<string, string>();

  /** Opens what a session printed so far, its end in sight. */
  async show(title: string, id: string, actions: Pick<SessionActions, 'output'>): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${title.replaceAll('/', '-')}.log`, query: id });
    const text = await actions.output(id);
    this.#texts.set(uri.toString(), text === '' ? 'This session has printed nothing.\n' : plain(text));
    this.#changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    const editor = await vscode.window.showTextDocument(document, { preview: true });
    const end = document.lineAt(document.lineCount - 1).range;
    editor.revealRange(end);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  dispose(): void {
    vscode.Disposable.from(this.#registration, this.#changed).dispose();
  }
}

/**
 * Colours and cursor moves are for terminals. `util.stripVTControlCharacters` of Node 20 (VS Code 1.100) leaves the title of
 * a window, and the target of a link, where there is a space in it.
 */
function plain(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g, '');
}
