import type { DaemonId } from '../health/report';
import type { Memento } from 'vscode';
import type { DaemonModel } from '../model/daemonModel';
import { fromStored, toStored, type History, type StoredSpan } from '../health/history';
import { HISTORY_KEEP_EVERY_MS, HISTORY_KEEP_GAP_MS, HISTORY_MAX_DAEMONS } from './policy';

const KEY = 'histories';

/** The histories of one workspace's daemons across windows, by their ids. What is kept there may be anything. */
export class Histories {
  readonly #kept = new Map<string, readonly StoredSpan[]>();
  #current: readonly DaemonModel[] = [];
  #keptAt = 0;

  /** @param wallAt the wall clock, in epoch ms */
  constructor(
    private readonly state: Memento,
    private readonly wallAt: () => number = Date.now,
  ) {
    const kept: unknown = state.get(KEY);
    if (typeof kept !== 'object' || kept === null) return;
    for (const [daemonId, value] of Object.entries(kept).slice(-HISTORY_MAX_DAEMONS)) {
      const history = fromStored(value, this.wallAt());
      if (history) this.#kept.set(daemonId, toStored(history));
    }
  }

  recall(daemonId: DaemonId): { readonly history?: History } {
    const history = fromStored(this.#kept.get(daemonId), this.wallAt());
    return history ? { history } : {};
  }

  /** Called after every poll; writes when a state changed, and now and then that it did not. */
  keep(models: readonly DaemonModel[]): void {
    this.#current = models;
    const sinceMs = this.wallAt() - this.#keptAt;
    if (sinceMs >= 0 && sinceMs < HISTORY_KEEP_GAP_MS) return;
    if (models.some((model) => this.#isWorthKeeping(model))) void this.flush();
  }

  /** Writes what is known now: the window closes. */
  async flush(): Promise<void> {
    for (const { daemon, history } of this.#current) {
      if (!history) continue;
      this.#kept.delete(daemon.id); // so that the newest come last
      this.#kept.set(daemon.id, toStored(history));
    }
    this.#keptAt = this.wallAt();
    await this.state.update(KEY, Object.fromEntries([...this.#kept].slice(-HISTORY_MAX_DAEMONS)));
  }

  #isWorthKeeping({ daemon, history }: DaemonModel): boolean {
    const last = history?.spans.at(-1);
    if (!last) return false;
    const [state, fromAt, toAt] = this.#kept.get(daemon.id)?.at(-1) ?? [];
    const isSame = state === last.state && fromAt === last.fromAt;
    return !isSame || last.toAt - (toAt ?? 0) >= HISTORY_KEEP_EVERY_MS;
  }
}
