import * as vscode from 'vscode';
import { Rendered } from '../shared/rendered';
import { TOOLTIP_COMMANDS, type StatusView, type TooltipPart } from './statusText';
import { stripMarkdown } from '../shared/timeline';

const BACKGROUND = {
  red: 'statusBarItem.errorBackground',
  amber: 'statusBarItem.warningBackground',
} as const;

/** The one item in the status bar. A click opens the tree; nothing here restarts anything by itself. */
export class StatusItem implements vscode.Disposable {
  readonly #view = new Rendered<StatusView>((next, previous) => this.#write(next, previous));

  constructor(private readonly item: vscode.StatusBarItem) {
    item.name = 'Daemon Health';
    item.command = 'daemonHealth.showDetails';
  }

  static create(): StatusItem {
    return new StatusItem(
      vscode.window.createStatusBarItem('daemonHealth.status', vscode.StatusBarAlignment.Left, 0),
    );
  }

  render(view: StatusView): void {
    this.#view.set(view);
  }

  dispose(): void {
    this.item.dispose();
  }

  #write(next: StatusView, previous: StatusView | undefined): void {
    const { item } = this;
    item.text = next.text;
    item.tooltip = toMarkdown(next.tooltip);
    item.accessibilityInformation = { label: next.spoken, role: 'button' };
    if (next.severity !== previous?.severity) {
      item.backgroundColor =
        next.severity === 'plain' ? undefined : new vscode.ThemeColor(BACKGROUND[next.severity]);
    }
    if (!previous) item.show();
  }
}

/** Text is escaped; only our own commands can be run from a link. */
export function toMarkdown(parts: readonly TooltipPart[]): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString('', true);
  markdown.isTrusted = { enabledCommands: TOOLTIP_COMMANDS };
  for (const part of parts) {
    if ('text' in part) markdown.appendText(part.text);
    else if ('strip' in part) markdown.appendMarkdown(stripMarkdown(part.strip));
    else markdown.appendMarkdown(part.markdown);
  }
  return markdown;
}
