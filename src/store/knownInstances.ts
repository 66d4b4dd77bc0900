import type { Memento } from 'vscode';
import { rememberedInstance, type KnownInstance } from '../health/instances';
import type { DaemonId } from '../health/report';
import { INSTANCES_MAX_DAEMONS } from './policy';
import { hasFields, type WriteLine } from './stored';
import { StoredEntries } from './storedEntries';

interface Kept {
  readonly id: string;
  readonly stateDir?: string;
}

const read = (raw: unknown) =>
  hasFields(raw, { id: 'string' }, { stateDir: 'string' }) ? (raw as Kept) : undefined;

/** The last named instance of each daemon, for the next window of this workspace. */
export class KnownInstances {
  readonly #kept: StoredEntries<Kept>;

  constructor(state: Memento, log: WriteLine = () => undefined) {
    this.#kept = new StoredEntries(state, 'lives', INSTANCES_MAX_DAEMONS, read, log);
  }

  recall(daemonId: DaemonId): KnownInstance | undefined {
    const kept = this.#kept.of(daemonId);
    return kept && rememberedInstance(kept.id, kept.stateDir);
  }

  keep(daemonId: DaemonId, instance: KnownInstance | undefined): void {
    const { id, stateDir } = instance?.report.instance ?? {};
    if (id === undefined || this.#kept.of(daemonId)?.id === id) return;
    void this.#kept.update([[daemonId, { id, ...(stateDir !== undefined && { stateDir }) }]]);
  }
}
