import { AMBER_PENDING_MS, CONFLICT_OVER_MS } from './policy';
import type { KindId } from './report';
import type { Instant } from '../base/time';

const ID_PREFIX = 'conflict#';

/** A daemon, watched or only found, as far as it can get into another's way. */
export interface InvolvedDaemon {
  readonly name: string;
  readonly kind: KindId;
  readonly port: number;
  /** Identity of the database it works on, symbolic links resolved; `undefined` where it does not tell. */
  readonly database: string | undefined;
  /** The database as it is shown. */
  readonly databaseShown: string;
  /** It dispatches tasks, or its agents run. It is not known to be gone: a lost answer does not end a conflict. */
  readonly isWorking: boolean;
  /** It dispatches no task any more, and sessions that it started still run. */
  readonly runsOnlyAgents?: boolean;
  /** Found, but not watched: nothing tells when it ends. */
  readonly isWatched: boolean;
}

/** Daemons that work on one database, each dispatching what is in it. */
export interface Conflict {
  readonly id: string;
  readonly database: string;
  readonly parties: readonly InvolvedDaemon[];
}

/**
 * Groups daemons of this machine by their database: more than one at work on the same is a conflict. smithy has no lock;
 * started twice in one folder it silently moves to the next port, and both dispatch the same tasks.
 */
export function findConflicts(parties: readonly InvolvedDaemon[]): readonly Conflict[] {
  const byDatabase = new Map<string, Map<number, InvolvedDaemon>>();
  for (const party of parties) {
    if (party.database === undefined || !party.isWorking) continue;
    const group = byDatabase.get(party.database) ?? new Map<number, InvolvedDaemon>();
    byDatabase.set(party.database, group);
    // One port is one daemon, by whichever names it is watched.
    if (!group.has(party.port)) group.set(party.port, party);
  }
  return [...byDatabase]
    .filter(([, group]) => group.size > 1)
    .map(([database, group]) => {
      const inOrder = [...group.values()].sort((a, b) => a.port - b.port);
      return { id: `${ID_PREFIX}${database}`, database, parties: inOrder };
    });
}

/** Whether this names the row of a conflict. */
export function isConflictId(id: unknown): id is string {
  return typeof id === 'string' && id.startsWith(ID_PREFIX);
}

/** Which conflicts are there, since when, when they were last seen, and which of them were told. Monotonic ms. */
export type ConflictLog = ReadonlyMap<
  string,
  { readonly sinceMs: number; readonly seenMs: number; readonly told: boolean }
>;

export interface ConflictStep {
  readonly log: ConflictLog;
  /** To be told now. @property sinceMs monotonic */
  readonly tell: readonly { readonly conflict: Conflict; readonly sinceMs: number }[];
  /** The ids of those that were told and are over. */
  readonly over: readonly string[];
}

/**
 * One more look: the next log, and the conflicts to notify now. Each is told once while it lasts, and only when it
 * lasted: a restart by hand may overlap for moments. One that was told is over when it has been gone for a while.
 */
export function advanceConflicts(
  log: ConflictLog,
  conflicts: readonly Conflict[],
  { monotonicMs }: Instant,
): ConflictStep {
  const next = new Map<string, { sinceMs: number; seenMs: number; told: boolean }>();
  const tell: { conflict: Conflict; sinceMs: number }[] = [];
  for (const conflict of conflicts) {
    const { sinceMs, told } = log.get(conflict.id) ?? { sinceMs: monotonicMs, told: false };
    const speaks = !told && monotonicMs - sinceMs >= AMBER_PENDING_MS;
    if (speaks) tell.push({ conflict, sinceMs });
    next.set(conflict.id, { sinceMs, seenMs: monotonicMs, told: told || speaks });
  }
  const over: string[] = [];
  for (const [id, entry] of log) {
    if (next.has(id) || !entry.told) continue;
    if (monotonicMs - entry.seenMs >= CONFLICT_OVER_MS) over.push(id);
    else next.set(id, entry);
  }
  return { log: next, tell, over };
}
