import type { Entry, Life, Phase, Watch } from './incidentLog';
import type { DaemonId } from './report';

/** What a log has of one daemon, in the order of the log. */
export interface OfDaemon {
  readonly phases: readonly Phase[];
  readonly lives: readonly Life[];
  readonly watches: readonly Watch[];
}

const NOTHING: OfDaemon = { phases: [], lives: [], watches: [] };

/** A log by its daemons, read once for each change of the log: every sample of every daemon asks for its own. */
export class LogIndex {
  #read: { readonly of: readonly Entry[]; readonly byDaemon: ReadonlyMap<DaemonId, OfDaemon> } | undefined;

  /** The same object as long as the log is the same. */
  of(log: readonly Entry[], daemonId: DaemonId): OfDaemon {
    return this.all(log).get(daemonId) ?? NOTHING;
  }

  all(log: readonly Entry[]): ReadonlyMap<DaemonId, OfDaemon> {
    if (this.#read?.of !== log) this.#read = { of: log, byDaemon: indexed(log) };
    return this.#read.byDaemon;
  }
}

/** A log by its daemons. */
export function indexed(log: readonly Entry[]): ReadonlyMap<DaemonId, OfDaemon> {
  const byDaemon = new Map<DaemonId, { phases: Phase[]; lives: Life[]; watches: Watch[] }>();
  for (const entry of log) {
    let own = byDaemon.get(entry.daemonId);
    if (!own) byDaemon.set(entry.daemonId, (own = { phases: [], lives: [], watches: [] }));
    if (entry.is === 'phase') own.phases.push(entry);
    else if (entry.is === 'life') own.lives.push(entry);
    else own.watches.push(entry);
  }
  return byDaemon;
}
