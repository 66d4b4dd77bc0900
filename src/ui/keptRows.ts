import type { DaemonModel } from '../daemons/fleet';
import type { Instant } from '../health/report';
import type { Row, SessionRows } from './treeRows';

/** What ages a row tells are allowed to lag behind by: no more than a daemon polled by itself is asked anew in. */
const KEPT_FOR_MS = 5_000;

export type MakeRows = (
  model: DaemonModel,
  now: Instant,
  sessionRows: SessionRows | undefined,
) => readonly Row[];

/**
 * Makes a daemon's rows anew only when it was polled, or they have become old: with fifty daemons, a poll of one would
 * else make and compare the rows of all.
 */
export function keepingRows(make: MakeRows): MakeRows {
  // Keyed by what a poll replaces, so that nothing outlives its daemon.
  const kept = new WeakMap<
    object,
    Pick<DaemonModel, 'daemon' | 'snooze'> & {
      readonly sessionRows: SessionRows | undefined;
      readonly madeMs: number;
      readonly rows: readonly Row[];
    }
  >();
  return (model, now, sessionRows) => {
    const { daemon, track, snooze } = model;
    const last = kept.get(track);
    if (
      last &&
      last.daemon === daemon &&
      last.sessionRows === sessionRows &&
      JSON.stringify(last.snooze) === JSON.stringify(snooze) &&
      now.monotonicMs - last.madeMs < KEPT_FOR_MS
    ) {
      return last.rows;
    }
    const rows = make(model, now, sessionRows);
    kept.set(track, { daemon, ...(snooze && { snooze }), sessionRows, madeMs: now.monotonicMs, rows });
    return rows;
  };
}
