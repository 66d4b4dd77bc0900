import type { DaemonModel } from '../daemons/fleet';
import type { Instant } from '../health/report';
import type { Section, SessionRows } from './treeRows';

/** What ages a row tells are allowed to lag behind by: no more than a daemon polled by itself is asked anew in. */
const KEPT_FOR_MS = 5_000;

export type MakeRows = (model: DaemonModel, now: Instant, sessionRows: SessionRows | undefined) => Section;

/**
 * Makes a daemon's rows anew only when its model was, or they have become old: with fifty daemons, a poll of one would
 * else make and compare the rows of all.
 */
export function keepingRows(make: MakeRows): MakeRows {
  // Keyed by what a poll replaces, so that nothing outlives its daemon.
  const kept = new WeakMap<
    DaemonModel,
    { readonly sessionRows: SessionRows | undefined; readonly madeMs: number; readonly section: Section }
  >();
  return (model, now, sessionRows) => {
    const last = kept.get(model);
    if (last && last.sessionRows === sessionRows && now.monotonicMs - last.madeMs < KEPT_FOR_MS) {
      return last.section;
    }
    const section = make(model, now, sessionRows);
    kept.set(model, { sessionRows, madeMs: now.monotonicMs, section });
    return section;
  };
}
