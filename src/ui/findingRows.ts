import type { OfferedDaemon } from '../daemons/adoption';
import { conflictSummary, conflictText, conflictTitle, type Conflict } from '../health/conflicts';
import type { Row, Rows } from './treeRows';

const FOUND = 'found#';

/** The origin of the daemon that a row offers; `undefined` for other rows. */
export function offeredOrigin(rowId: unknown): string | undefined {
  return typeof rowId === 'string' && rowId.startsWith(FOUND) ? rowId.slice(FOUND.length) : undefined;
}

/** The tree with what discovery adds: conflicts above the daemons, offers below them. */
export function withFindings(
  { roots, byId }: Rows,
  conflicts: readonly Conflict[],
  found: readonly OfferedDaemon[],
): Rows {
  const above = conflicts.map(conflictRow);
  const below = found.filter(({ isIgnored }) => !isIgnored).map(offerRow);
  if (above.length + below.length === 0) return { roots, byId };
  return {
    roots: [...above.map(({ id }) => id), ...roots, ...below.map(({ id }) => id)],
    byId: new Map([...byId, ...[...above, ...below].map((row) => [row.id, row] as const)]),
  };
}

function conflictRow(conflict: Conflict): Row {
  return {
    id: conflict.id,
    label: conflictTitle(conflict),
    description: conflictSummary(conflict),
    icon: 'warning',
    severity: 'amber',
    contextValue: 'conflict',
    children: [],
    value: conflictText(conflict),
  };
}

function offerRow({ kind, port, place, origin }: OfferedDaemon): Row {
  return {
    id: `${FOUND}${origin}`,
    label: `Found: ${kind} on ${port}`,
    description: place,
    icon: 'search',
    severity: 'plain',
    contextValue: 'found',
    children: [],
    value: `${kind} on port ${port}, ${place}. It is not watched.`,
  };
}
