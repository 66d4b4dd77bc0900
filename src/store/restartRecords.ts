import type { DaemonId } from '../health/report';
import type { Memento } from 'vscode';
import { RESTARTS_KEPT, RESTART_LOOP_COUNT, RESTART_LOOP_MS } from './policy';
import { isSame } from '../base/text';
import { isState } from '../health/states';
import type { Outcome } from '../model/outcome';
import type { RestartRecord } from '../model/restartRecord';
import { entriesThat, parseEntries, withEntry, type Entries } from './entries';
import { Shared, type SharedDeps } from './shared';
import { Stored } from './stored';

const KEY = 'restarts';
const KINDS: readonly Outcome['kind'][] = ['cured', 'unproven', 'cancelled', 'failed', 'late'];

/** The last restarts of each daemon, newest first, of all windows. What is kept there may be anything. */
export class RestartRecords {
  readonly #shared: Shared<Entries>;
  readonly #older: Stored<Entries>;

  /** @param onChange called after another window added one */
  constructor(state: Memento, deps: SharedDeps, onChange: () => void = () => undefined) {
    this.#older = new Stored(
      state,
      KEY,
      entriesThat((records) => Array.isArray(records) && records.every(isRecord)),
      deps.log,
    );
    this.#shared = new Shared({
      ...deps,
      name: KEY,
      parse: parseEntries,
      withOlder: (value) => this.#withOlder(value),
      keepForOlder: (value) => this.#keepForOlder(value),
    });
    this.#shared.onDidChange(onChange);
  }

  of(daemonId: DaemonId): readonly RestartRecord[] {
    return listIn(this.#shared.value[daemonId]).filter(isRecord).slice(0, RESTARTS_KEPT);
  }

  async add(daemonId: DaemonId, record: RestartRecord): Promise<void> {
    await this.#shared.update((all) =>
      withEntry(all, daemonId, [record, ...listIn(all[daemonId])].slice(0, RESTARTS_KEPT)),
    );
  }

  /** After a poll, or with the focus: another window may have added one. */
  look(): void {
    void this.#shared.look();
  }

  dispose(): void {
    this.#shared.dispose();
  }

  /** Records are only added, and the newest stay: whatever either place knows is so. */
  #withOlder(value: Entries | undefined): Entries {
    const kept = this.#older.value ?? {};
    if (value === undefined) return kept;
    return (Object.keys(kept) as DaemonId[]).reduce<Entries>((all, id) => {
      const [known, older] = [listIn(all[id]), listIn(kept[id])];
      const both = union(older, known);
      return both.every((record) => isIn(known, record)) ? all : withEntry(all, id, both);
    }, value);
  }

  async #keepForOlder(value: Entries): Promise<void> {
    if (!isSame(this.#older.value, value)) await this.#older.update(value);
  }
}

function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The newest of both, newest first; of one moment, those of the first list come first. */
function union(some: readonly unknown[], others: readonly unknown[]): readonly unknown[] {
  return [...some, ...others.filter((record) => !isIn(some, record))]
    .sort((one, other) => atOf(other) - atOf(one))
    .slice(0, RESTARTS_KEPT);
}

function isIn(records: readonly unknown[], record: unknown): boolean {
  return records.some((other) => isSame(other, record));
}

/** What has no time comes last. */
function atOf(record: unknown): number {
  const { at } = (record ?? {}) as { at?: unknown };
  return typeof at === 'number' && Number.isFinite(at) ? at : -Infinity;
}

/** Whether restarting has been tried so often lately that the log should be looked at first. */
export function isRestartLoop(records: readonly RestartRecord[], nowAt: number): boolean {
  const lately = records.filter(({ at, kind }) => kind !== 'cancelled' && nowAt - at < RESTART_LOOP_MS);
  return lately.length >= RESTART_LOOP_COUNT;
}

/** What another version kept may name states and outcomes that this one does not know. */
function isRecord(value: unknown): value is RestartRecord {
  const { at, why, kind, text, startFailed } = (value ?? {}) as Record<string, unknown>;
  return (
    Number.isFinite(at) &&
    isState(why) &&
    KINDS.some((known) => known === kind) &&
    typeof text === 'string' &&
    (startFailed === undefined || typeof startFailed === 'string')
  );
}
