import type { OfferedDaemon } from '../../model/foundDaemon';
import { conflictSummary, conflictText, conflictTitle, type Conflict } from '../../health/conflicts';
import type { Section } from './daemonRows';

const FOUND = 'found#';

/** The origin of the daemon that a row offers; `undefined` for other rows. */
export function offeredOrigin(rowId: unknown): string | undefined {
  return typeof rowId === 'string' && rowId.startsWith(FOUND) ? rowId.slice(FOUND.length) : undefined;
}

/** What discovery adds to the tree: conflicts above the daemons, offers below them. */
export function withFindings(
  daemons: readonly Section[],
  conflicts: readonly Conflict[],
  found: readonly OfferedDaemon[],
): readonly Section[] {
  return [
    ...conflicts.map(conflictRow),
    ...daemons,
    ...found.filter(({ isIgnored }) => !isIgnored).map(offerRow),
  ];
}

function conflictRow(conflict: Conflict): Section {
  return [
    {
      id: conflict.id,
      label: conflictTitle(conflict),
      description: conflictSummary(conflict),
      icon: 'warning',
      severity: 'amber',
      contextValue: 'conflict',
      children: [],
      value: conflictText(conflict),
    },
  ];
}

function offerRow({ kind, port, place, origin, inPlaceOf }: OfferedDaemon): Section {
  const moved =
    inPlaceOf && `has the database of ${inPlaceOf.name}, which is gone from port ${inPlaceOf.port}`;
  return [
    {
      id: `${FOUND}${origin}`,
      label: `Found: ${kind} on ${port}`,
      description: moved ?? place,
      icon: 'search',
      severity: 'plain',
      contextValue: 'found',
      children: [],
      value: `${kind} on port ${port}, ${place}. It is not watched.${moved ? ` It ${moved}.` : ''}`,
    },
  ];
}
