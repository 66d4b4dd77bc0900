import type { Conflict, InvolvedDaemon } from '../health/conflicts';

/** "2 smithys share a database": short enough for a narrow tree. */
export function conflictTitle({ parties }: Conflict): string {
  const [kind, ...others] = new Set(parties.map(({ kind: each }) => each));
  return `${parties.length} ${others.length === 0 ? `${kind}s` : 'daemons'} share a database`;
}

/** "stop one of 3457 and 3458: both dispatch the same tasks". */
export function conflictSummary(conflict: Conflict): string {
  const { parties } = conflict;
  const remedy = parties.length === 2 ? 'stop one' : 'stop all but one';
  return `${remedy} of ${listed(parties.map(({ port }) => String(port)))}: ${whyConflict(conflict)}`;
}

/** The whole of the conflict, for a notification and a hover, each daemon by its name. */
export function conflictText(conflict: Conflict): string {
  const { parties } = conflict;
  const names = listed(parties.map(({ name, port }) => `${name} on port ${port}`));
  const remedy = parties.length === 2 ? 'Stop one' : 'Stop all but one';
  return (
    `${counted(parties)} work on the same database, ${parties[0]!.databaseShown}: ${names}. ` +
    `${remedy}: ${whyConflict(conflict)}.`
  );
}

/** Why the daemons are in each other's way, as a clause. */
function whyConflict({ parties }: Conflict): string {
  const all = parties.length === 2 ? 'both' : `all ${parties.length}`;
  const [stopped, running] = [true, false].map((only) =>
    parties.filter(({ runsOnlyAgents = false }) => runsOnlyAgents === only).map(({ port }) => String(port)),
  ) as [string[], string[]];
  if (stopped.length === 0) return `${all} dispatch the same tasks`;
  if (running.length === 0) return `agents of ${all} still run`;
  return running.length === 1
    ? `${running[0]} dispatches tasks, and agents of ${listed(stopped)} still run`
    : `${listed(running)} dispatch tasks, and agents of ${listed(stopped)} still run`;
}

function counted(parties: readonly InvolvedDaemon[]): string {
  const [kind, ...others] = new Set(parties.map(({ kind: each }) => each));
  return others.length === 0 ? `${parties.length} ${kind} daemons` : `${parties.length} daemons`;
}

function listed(items: readonly string[]): string {
  if (items.length === 1) return items[0]!;
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
