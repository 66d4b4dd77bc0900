import type { FakeVSCode } from './fakeVSCode';

interface Status {
  isRunning: boolean;
  config: { pollIntervalMs: number };
  health: { readyUnassignedTasks: number; availableWorkers: number; lastPollCompletedAt: string };
  instance?: { pid: number; startedAt: string };
  sessions: { id: string; name?: string; status: string; lastActivityAt: string }[];
}

interface NaiveRow {
  label: string;
  description: string;
  tooltip: string;
  children: NaiveRow[];
}

/**
 * A watcher as it is often written: `setInterval`, the global `fetch`, all rows made anew at every answer and all of
 * them written. It judges nothing, and a slow daemon makes its requests overlap.
 */
export class NaiveWatcher {
  polls = 0;
  readonly #roots = new Map<string, NaiveRow>();
  readonly #item: { text?: string; tooltip?: string };
  #redraw = () => {};

  constructor(
    vscode: FakeVSCode,
    private readonly paths: readonly string[],
  ) {
    this.#item = vscode.statusItem();
    vscode.treeView({
      onDidChangeTreeData: (listener) => (this.#redraw = listener),
      getChildren: (row?: NaiveRow) => (row ? row.children : [...this.#roots.values()]),
      getTreeItem: (row: NaiveRow) => ({ ...row }),
    });
  }

  watch(url: string, everyMs: number): void {
    setInterval(() => void this.poll(url), everyMs);
  }

  async poll(url: string): Promise<void> {
    let status = {};
    for (const path of this.paths) {
      const response = await fetch(`${url}${path}`);
      status = { ...status, ...((await response.json()) as object) };
    }
    this.#roots.set(url, rowsOf(url, status as Status));
    this.#item.text = `${this.#roots.size} daemons`;
    this.#item.tooltip = [...this.#roots.values()]
      .map(({ label, description }) => `${label}: ${description}`)
      .join('\n');
    this.#redraw();
    this.polls++;
  }
}

function rowsOf(url: string, { isRunning, config, health, instance, sessions }: Status): NaiveRow {
  return row(url, isRunning ? 'running' : 'stopped', [
    row('Poll loop', `every ${config.pollIntervalMs / 1_000} s, last ${ago(health.lastPollCompletedAt)}`),
    row('Queue', `${health.readyUnassignedTasks} ready, ${health.availableWorkers} workers`),
    row(
      'Sessions',
      `${sessions.length}`,
      sessions.map(({ id, name, status, lastActivityAt }) =>
        row(name ?? id, `${status}, active ${ago(lastActivityAt)}`),
      ),
    ),
    ...(instance ? [row('Instance', `pid ${instance.pid}, up ${ago(instance.startedAt)}`)] : []),
  ]);
}

function row(label: string, description: string, children: NaiveRow[] = []): NaiveRow {
  return { label, description, tooltip: `${label}: ${description}`, children };
}

function ago(time: string): string {
  return `${Math.floor((Date.now() - Date.parse(time)) / 1_000)} s ago`;
}
