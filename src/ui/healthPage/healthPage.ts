import * as vscode from 'vscode';
import { HOUR_MS, wallAtOf, type Clock } from '../../base/time';
import type { Away } from '../../health/away';
import type { Entry } from '../../health/incidentLog';
import { pastOf, type PastSource } from '../../health/past';
import { INCIDENT_LOG_MS, HISTORY_WINDOW_MS } from '../../health/policy';
import type { DaemonId, Session } from '../../health/report';
import type { DaemonModel } from '../../model/daemonModel';
import { PAGE_DRAW_EVERY_MS, PAGE_STEP_MS } from '../policy';
import { openReport } from '../commands/openReport';
import { Rendered } from '../shared/rendered';
import { toHtml, type PageElement } from './node';
import { pageOf } from './page';
import { pageDaemonOf } from './pageDaemon';
import type { Page, PageModel } from './pageModel';
import { exportPage } from './exportPage';
import { PAGE, type Range } from './pageText';
import { PAGE_SCRIPT } from './pageScript';
import { PAGE_STYLE } from './pageStyle';

export interface HealthPageDeps {
  readonly clock: Clock;
  readonly models: () => readonly DaemonModel[];
  readonly entries: () => readonly Entry[];
  /** Work that a daemon remembers, but does not list any more. */
  readonly told?: (daemonId: DaemonId) => readonly Session[] | undefined;
  readonly away: () => Away | undefined;
  /** The page was seen: what happened while nobody looked is no news any more. */
  readonly onSeen: () => void;
  readonly onError: (error: unknown) => void;
}

/** What the page says to us. Anything may come from there. */
interface Said {
  readonly ready?: unknown;
  readonly act?: unknown;
  readonly range?: unknown;
  readonly tables?: unknown;
}

/** The health page: one editor tab. Nothing is made or sent while nobody sees it. */
export class HealthPage implements vscode.Disposable {
  #panel: vscode.WebviewPanel | undefined;
  /** Chosen by the user. When somebody left may be read, or change, while the page is open. */
  #range: Range | undefined;
  #shows: PageModel['shows'] = 'sentences';
  #page: Page | undefined;
  #drawing: NodeJS.Timeout | undefined;
  readonly #body = new Rendered<PageElement>((page) => void this.#panel?.webview.postMessage({ page }));

  constructor(private readonly deps: HealthPageDeps) {}

  /** Opens the tab, or shows the one that is open. */
  open(): void {
    if (this.#panel) {
      this.#panel.reveal();
      this.deps.onSeen();
      return;
    }
    this.#range = undefined;
    this.#shows = 'sentences';
    const panel = vscode.window.createWebviewPanel(
      'daemonHealth.page',
      PAGE.title,
      { viewColumn: vscode.ViewColumn.Active },
      { enableScripts: true, localResourceRoots: [], enableFindWidget: true },
    );
    this.#panel = panel;
    panel.webview.onDidReceiveMessage((said: Said) => void this.#said(said).catch(this.deps.onError));
    panel.onDidChangeViewState(() => this.draw());
    panel.onDidDispose(() => {
      clearTimeout(this.#drawing);
      this.#drawing = undefined;
      this.#panel = undefined;
    });
    this.#page = pageOf(this.#model());
    this.#body.set(this.#page.body);
    panel.webview.html = documentOf(this.#page.body);
    this.deps.onSeen();
  }

  /** Called after every poll: draws what changed, where somebody sees it. */
  draw(): void {
    if (!this.#panel?.visible || this.#drawing) return;
    this.#drawing = setTimeout(() => {
      this.#drawing = undefined;
      this.#drawNow();
    }, PAGE_DRAW_EVERY_MS);
  }

  dispose(): void {
    this.#panel?.dispose();
  }

  #drawNow(): void {
    if (!this.#panel?.visible) return;
    try {
      this.#page = pageOf(this.#model());
      this.#body.set(this.#page.body);
    } catch (error) {
      this.deps.onError(error);
    }
  }

  async #said({ ready, act, range, tables }: Said): Promise<void> {
    if (ready === true && this.#page) {
      // A tab that was hidden begins with the page that it was opened with, its tables shut.
      this.#shows = 'lanes';
      this.#page = pageOf(this.#model());
      await this.#panel?.webview.postMessage({ page: this.#page.body });
    }
    if (typeof tables === 'boolean') {
      this.#shows = tables ? 'tables' : 'lanes';
      this.#drawNow();
    }
    if (typeof range === 'string' && this.#ranges().includes(range as Range)) {
      this.#range = range as Range;
      this.#drawNow();
    }
    const action = typeof act === 'string' ? this.#page?.actions.get(act) : undefined;
    switch (action?.is) {
      case undefined:
        return;
      case 'command':
        await vscode.commands.executeCommand(action.command, ...action.targets);
        return;
      case 'report':
        await openReport(action.file);
        return;
      case 'export':
        await exportPage(this.#model());
    }
  }

  #ranges(): readonly Range[] {
    return this.deps.away() ? ['away', 'hour', 'day', 'week'] : ['hour', 'day', 'week'];
  }

  /** The time that is shown: where nobody chose one, since they left, as far as that is known. */
  #time(): { readonly range: Range; readonly away: Away | undefined; readonly lengthMs: number } {
    const chosen = this.#range ?? 'away';
    if (chosen !== 'away') return { range: chosen, away: undefined, lengthMs: LENGTHS_MS[chosen] };
    const away = this.deps.away();
    return { range: away ? 'away' : 'day', away, lengthMs: LENGTHS_MS.day };
  }

  #model(): PageModel {
    const { clock, models, entries } = this.deps;
    const all = models();
    const ranges = this.#ranges();
    const { range, away, lengthMs } = this.#time();
    const nowAt = this.#nowAt(all);
    const sinceAt = away ? away.leftAt : nowAt - lengthMs;
    return {
      past: pastOf(
        all.map((model) => sourceOf(model, this.deps.told?.(model.daemon.id))),
        entries(),
        { sinceAt, nowAt, away },
      ),
      range,
      ranges,
      shows: this.#shows,
      daemons: all.map((model) => pageDaemonOf(model, clock.now())),
    };
  }

  /** In steps, so that a page of which nothing but the time changes is sent now and then; what just happened is on it. */
  #nowAt(models: readonly DaemonModel[]): number {
    const now = this.deps.clock.now();
    const { wallAt } = now;
    const sinceAt = Math.max(0, ...models.map(({ track }) => wallAtOf(track.verdict.since, now)));
    return Math.min(wallAt, Math.max(Math.floor(wallAt / PAGE_STEP_MS) * PAGE_STEP_MS, sinceAt + 1));
  }
}

const LENGTHS_MS: Readonly<Record<Exclude<Range, 'away'>, number>> = {
  hour: HOUR_MS,
  day: HISTORY_WINDOW_MS,
  week: INCIDENT_LOG_MS,
};

/** What of a model is its past. */
function sourceOf(
  { daemon, track, history, lost = [] }: DaemonModel,
  told: readonly Session[] = [],
): PastSource {
  return { daemonId: daemon.id, name: daemon.name, track, history, lost, told };
}

/** Nothing is loaded from anywhere, and nothing runs but the one script. */
function documentOf(body: PageElement): string {
  const nonce = crypto.randomUUID();
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${PAGE.title}</title>
<style nonce="${nonce}">${PAGE_STYLE}</style>
</head>
<body>${toHtml(body)}<script nonce="${nonce}">${PAGE_SCRIPT}</script></body>
</html>`;
}
