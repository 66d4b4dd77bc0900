import type { Memento } from 'vscode';
import type { Lost } from '../health/interrupted';
import type { DaemonId, Session } from '../health/report';
import { INSTANCES_MAX_DAEMONS } from './policy';

const KEY = 'lostWork';

/** The work that restarts interrupted and that its daemon does not remember, for the next window of this workspace. */
export class InterruptedWork {
  readonly #byDaemon = new Map<string, readonly Lost[]>();

  constructor(private readonly state: Memento) {
    const kept = state.get<unknown>(KEY);
    if (typeof kept !== 'object' || kept === null) return;
    for (const [daemonId, lost] of Object.entries(kept)) {
      if (Array.isArray(lost)) this.#byDaemon.set(daemonId, lost.filter(isLost));
    }
  }

  recall(daemonId: DaemonId): readonly Lost[] {
    return this.#byDaemon.get(daemonId) ?? [];
  }

  keep(daemonId: DaemonId, lost: readonly Lost[]): void {
    if (lost === this.recall(daemonId) || (lost.length === 0 && !this.#byDaemon.has(daemonId))) return;
    this.#byDaemon.delete(daemonId); // so that the newest come last
    if (lost.length > 0) this.#byDaemon.set(daemonId, lost);
    void this.state.update(KEY, Object.fromEntries([...this.#byDaemon].slice(-INSTANCES_MAX_DAEMONS)));
  }
}

/** What is kept may be of another version. */
function isLost(value: unknown): value is Lost {
  const { session, foundAt } = (value ?? {}) as { session?: Partial<Session>; foundAt?: unknown };
  return (
    typeof foundAt === 'number' &&
    typeof session?.id === 'string' &&
    typeof session.title === 'string' &&
    session.status === 'interrupted'
  );
}
