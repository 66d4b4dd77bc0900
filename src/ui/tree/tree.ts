import * as vscode from 'vscode';
import type { Clock } from '../../base/time';
import type { DaemonModel } from '../../model/daemonModel';
import type { Registry } from '../../watch/registry';
import type { Severity } from '../../health/states';
import { DrawnRows } from './rowDiff';
import { withFindings } from './findingRows';
import { listProblemText } from '../../words/listProblemText';
import { countProblems, countWaiting } from '../shared/problems';
import { reached } from '../shared/milestones';
import { Rendered } from '../shared/rendered';
import { inMarkdown, toMarkdownString } from '../shared/markdown';
import { daemonRows, problemRow, rowHover } from './daemonRows';
import { spokenOf, type Row, type Section } from './row';
import type { SessionRows } from './sessionRows';
import { ROW_DRAW_EVERY_MS } from '../policy';
import { badgeText, SHOW } from './treeText';

const ICON_COLOUR: Readonly<Record<Severity, string | undefined>> = {
  red: 'problemsErrorIcon.foreground',
  amber: 'problemsWarningIcon.foreground',
  plain: undefined,
};

/** What Enter and a click do. Nothing here ends, starts or deletes: it shows more of what the row is about. */
const SHOWS = {
  page: 'daemonHealth.openHealthPage',
  output: 'daemonHealth.showOutput',
  settings: 'daemonHealth.configure',
  /** VS Code's own: the hover of the focused row, which has the whole text. */
  hover: 'list.showHover',
} as const;

/** The rows of one daemon, and when time alone changes what they say, in monotonic ms. */
interface DrawnDaemon {
  readonly section: Section;
  readonly changesMs: number;
}

interface Badge {
  readonly problems: number;
  readonly news: number;
  readonly waiting: number;
}

/**
 * The health tree. Its elements are row ids, so that VS Code keeps what is open and selected while the rows
 * behind them are made anew; it is told to draw again only when a row it can see says something else.
 */
export class HealthTree implements vscode.TreeDataProvider<string>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<string[] | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #view: vscode.TreeView<string>;
  readonly #subscriptions: vscode.Disposable[];
  readonly #rows = new DrawnRows();
  /** The rows of daemons that made no step since: of many daemons few did between two draws. */
  #drawnOf = new WeakMap<DaemonModel, DrawnDaemon>();
  #sessionRows: SessionRows | undefined;
  readonly #filters = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #drawnInTimeMs = -Infinity;

  /** How many things happened while nobody looked. */
  #news = 0;

  readonly #badge = new Rendered<Badge>(({ problems, news, waiting }) => {
    const tooltip = badgeText(problems, news, waiting);
    const value = problems + news + waiting;
    this.#view.badge = value === 0 ? undefined : { value, tooltip };
  });
  readonly #welcome = new Rendered<string>((state) => {
    void vscode.commands.executeCommand('setContext', 'daemonHealth.found', state);
  });

  readonly #seen = new Rendered<boolean>((isSeen) => isSeen && reached('seen'));

  constructor(
    private readonly registry: Registry,
    private readonly clock: Clock,
    createView: (provider: HealthTree) => vscode.TreeView<string> = (provider) =>
      vscode.window.createTreeView('daemonHealth.daemons', {
        treeDataProvider: provider,
        showCollapseAll: true,
      }),
  ) {
    this.#view = createView(this);
    this.#subscriptions = [this.#view, this.#changed, this.#view.onDidChangeVisibility(() => this.render())];
  }

  /** From now on sessions have rows of their own. */
  drawSessions(sessionRows: SessionRows): void {
    this.#sessionRows = sessionRows;
    this.#drawnOf = new WeakMap();
    this.render();
  }

  /** What the rows of a fleet are filtered by; empty for none. */
  filterOf(daemonId: string): string {
    return this.#filters.get(daemonId) ?? '';
  }

  filter(daemonId: string, text: string): void {
    this.#filters.set(daemonId, text);
    this.#drawnOf = new WeakMap();
    this.render();
  }

  /**
   * Draws what changed. Rows nobody sees are not made; the badge always is.
   *
   * @param news how many things happened while nobody looked
   */
  render(news = this.#news): void {
    const { models, problems } = this.registry;
    this.#news = news;
    const waiting = countWaiting(models);
    this.#badge.set({ problems: countProblems(models, this.registry.conflicts), news, waiting });
    this.#welcome.set(
      models.length + problems.length > 0 ? 'some' : this.registry.settled ? 'none' : 'looking',
    );
    clearTimeout(this.#timer);
    if (!this.#view.visible) return;
    this.#seen.set(models.length > 0);
    const drawn = this.#rows.update(this.#sections());
    if (drawn.length > 0)
      this.#changed.fire(drawn.includes(undefined) ? undefined : [...(drawn as string[])]);
    this.#drawAgainInTime();
  }

  /** Time alone changes what the rows of sessions say: drawn at that moment, while somebody sees them. */
  #drawAgainInTime(): void {
    const { models } = this.registry;
    const nearestMs = Math.min(...models.map((model) => this.#drawn(model).changesMs));
    if (nearestMs === Infinity) return;
    // Not of each of many sessions at a moment of its own.
    const dueMs = Math.max(this.#drawnInTimeMs + ROW_DRAW_EVERY_MS, nearestMs);
    this.#timer = setTimeout(
      () => {
        this.#drawnInTimeMs = this.clock.now().monotonicMs;
        for (const model of models) if (this.#drawn(model).changesMs <= dueMs) this.#drawnOf.delete(model);
        this.render();
      },
      Math.max(0, dueMs - this.clock.now().monotonicMs),
    );
  }

  #sections(): readonly Section[] {
    const { models, problems, found } = this.registry;
    const daemons = models.map((model) => this.#drawn(model).section);
    const wrong = problems.map((problem, index) => problemRow(listProblemText(problem), index));
    return withFindings([...daemons, ...wrong], this.registry.conflicts, found);
  }

  #drawn(model: DaemonModel): DrawnDaemon {
    const known = this.#drawnOf.get(model);
    if (known) return known;
    const now = this.clock.now();
    const drawn = {
      section: daemonRows(model, now, this.#sessionRows, this.#filters),
      changesMs: now.monotonicMs + (this.#sessionRows?.nextChangeMs(model, now) ?? Infinity),
    };
    this.#drawnOf.set(model, drawn);
    return drawn;
  }

  /** Shows a daemon's row, selected and opened; the whole view where none is named. */
  async reveal(id: string | undefined): Promise<void> {
    await vscode.commands.executeCommand('daemonHealth.daemons.focus');
    this.render();
    // That it is visible now has not been heard of yet: VS Code asks for the rows afterwards.
    if (!this.#view.visible) this.#rows.update(this.#sections());
    if (id === undefined || !this.row(id)) return;
    await this.#view.reveal(id, { select: true, focus: true, expand: true });
  }

  row(id: string): Row | undefined {
    return this.#rows.row(id);
  }

  getChildren(id?: string): string[] {
    if (id === undefined) {
      this.#rows.update(this.#sections());
      return this.#rows.roots;
    }
    return [...(this.row(id)?.children ?? [])];
  }

  getParent(id: string): string | undefined {
    return this.row(id)?.parentId;
  }

  getTreeItem(id: string): vscode.TreeItem {
    const row = this.row(id);
    if (!row) return new vscode.TreeItem(id);
    const { None, Expanded, Collapsed } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(
      row.label,
      row.children.length === 0 ? None : row.expanded ? Expanded : Collapsed,
    );
    item.id = row.id;
    item.contextValue = row.contextValue;
    item.accessibilityInformation = { label: spokenOf(row) };
    // VS Code draws it right behind the label: without the space what is seen is not what is read out.
    if (row.description) item.description = ` ${row.description}`;
    if (row.icon !== undefined) {
      const colour = ICON_COLOUR[row.severity];
      item.iconPath = new vscode.ThemeIcon(
        row.icon,
        colour === undefined ? undefined : new vscode.ThemeColor(colour),
      );
    }
    // Enter opens and closes a row that has others below.
    if (row.children.length === 0) {
      const shows = row.shows ?? 'hover';
      item.command = { command: SHOWS[shows], title: SHOW, ...(shows === 'output' && { arguments: [id] }) };
    }
    return item;
  }

  /** Asked for on hover, so ages are of that moment. Nothing that a daemon said is drawn as Markdown. */
  resolveTreeItem(item: vscode.TreeItem, id: string): vscode.TreeItem {
    const row = this.row(id);
    if (row) {
      const model = row.daemonId === undefined ? undefined : this.registry.model(row.daemonId);
      const now = this.clock.now();
      const text = (model && this.#sessionRows?.hover(row.id, model, now)) ?? rowHover(row, model, now);
      const strip = row.contextValue === 'detail.history' ? model?.history?.segments : undefined;
      item.tooltip = strip ? toMarkdownString(inMarkdown`${text}\n\n${{ strip }}`, vscode) : text;
    }
    return item;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }
}
