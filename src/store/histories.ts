import type { DaemonId } from '../health/report';
import type { Memento } from 'vscode';
import type { DaemonModel } from '../model/daemonModel';
import { fromStored, isStoredSpan, toStored, type History, type StoredSpan } from '../health/history';
import { HISTORY_KEEP_EVERY_MS, HISTORY_KEEP_GAP_MS, HISTORY_MAX_DAEMONS } from './policy';
import { listOf, type WriteLine } from './stored';
import { StoredEntries } from './storedEntries';

/** The histories of one workspace's daemons across windows, by their ids. */
export class Histories {
  readonly #kept: StoredEntries<readonly StoredSpan[]>;
  #current: readonly DaemonModel[] = [];
  #keptAt = 0;

  /** @param wallAt the wall clock, in epoch ms */
  constructor(
    state: Memento,
    private readonly wallAt: () => number = Date.now,
    log: WriteLine = () => undefined,
  ) {
    this.#kept = new StoredEntries(state, 'histories', HISTORY_MAX_DAEMONS, listOf(isStoredSpan), log);
  }

  recall(daemonId: DaemonId): { readonly history?: History } {
    const history = fromStored(this.#kept.of(daemonId), this.wallAt());
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
    this.#keptAt = this.wallAt();
    await this.#kept.update(
      this.#current.flatMap(({ daemon, history }) => (history ? [[daemon.id, toStored(history)]] : [])),
    );
  }

  #isWorthKeeping({ daemon, history }: DaemonModel): boolean {
    const last = history?.spans.at(-1);
    if (!last) return false;
    const [state, fromAt, toAt] = this.#kept.of(daemon.id)?.at(-1) ?? [];
    const isSame = state === last.state && fromAt === last.fromAt;
    return !isSame || last.toAt - (toAt ?? 0) >= HISTORY_KEEP_EVERY_MS;
  }
}
