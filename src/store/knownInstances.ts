import type { Memento } from 'vscode';
import { rememberedInstance, type KnownInstance } from '../health/instances';
import type { DaemonId } from '../health/report';
import { INSTANCES_MAX_DAEMONS } from './policy';

const KEY = 'lives';

interface Kept {
  readonly id: string;
  readonly stateDir?: string;
}

/** The last named instance of each daemon, for the next window of this workspace. */
export class KnownInstances {
  readonly #kept: Map<string, Kept>;

  constructor(private readonly state: Memento) {
    const kept = state.get<unknown>(KEY);
    this.#kept = new Map(
      typeof kept === 'object' && kept !== null ? (Object.entries(kept) as [string, Kept][]) : [],
    );
  }

  recall(daemonId: DaemonId): KnownInstance | undefined {
    const { id, stateDir } = this.#kept.get(daemonId) ?? {};
    return typeof id === 'string' ? rememberedInstance(id, stateDir) : undefined;
  }

  keep(daemonId: DaemonId, instance: KnownInstance | undefined): void {
    const { id, stateDir } = instance?.report.instance ?? {};
    if (id === undefined || this.#kept.get(daemonId)?.id === id) return;
    this.#kept.delete(daemonId); // so that the newest come last
    this.#kept.set(daemonId, { id, ...(stateDir !== undefined && { stateDir }) });
    void this.state.update(KEY, Object.fromEntries([...this.#kept].slice(-INSTANCES_MAX_DAEMONS)));
  }
}
