import * as vscode from 'vscode';
import { isSameMarkdown, toMarkdownString } from '../shared/markdown';
import { Rendered } from '../shared/rendered';
import type { StatusView } from './statusView';

const BACKGROUND = {
  red: 'statusBarItem.errorBackground',
  amber: 'statusBarItem.warningBackground',
} as const;

/** The one item in the status bar. A click opens the tree; nothing here restarts anything by itself. */
export class StatusItem implements vscode.Disposable {
  readonly #view = new Rendered<StatusView>((next, previous) => this.#write(next, previous), isSameView);

  #isShown = false;

  constructor(private readonly item: vscode.StatusBarItem) {
    item.name = 'Daemon Health';
    item.command = 'daemonHealth.showDetails';
  }

  static create(): StatusItem {
    return new StatusItem(
      vscode.window.createStatusBarItem('daemonHealth.status', vscode.StatusBarAlignment.Left, 0),
    );
  }

  render(view: StatusView, isShown = true): void {
    this.#view.set(view);
    if (isShown === this.#isShown) return;
    this.#isShown = isShown;
    if (isShown) this.item.show();
    else this.item.hide();
  }

  dispose(): void {
    this.item.dispose();
  }

  #write(next: StatusView, previous: StatusView | undefined): void {
    const { item } = this;
    item.text = next.text;
    item.tooltip = toMarkdownString(next.tooltip, vscode);
    item.accessibilityInformation = { label: next.spoken, role: 'button' };
    if (next.severity !== previous?.severity) {
      item.backgroundColor =
        next.severity === 'plain' ? undefined : new vscode.ThemeColor(BACKGROUND[next.severity]);
    }
  }
}

function isSameView(one: StatusView, other: StatusView): boolean {
  return (
    one.text === other.text &&
    one.severity === other.severity &&
    one.spoken === other.spoken &&
    isSameMarkdown(one.tooltip, other.tooltip)
  );
}
