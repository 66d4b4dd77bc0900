import type { OfferedDaemon } from '../../model/foundDaemon';
import { daemonIdOf } from '../../settings/daemonList';
import { addressOf, placeOf } from '../../kinds/target';
import type { Conflict } from '../../health/conflicts';
import { conflictSummary, conflictText, conflictTitle } from '../../words/conflictText';
import { alone, aside, type Section } from './row';

const FOUND = 'found#';

/** The id of the daemon that a row offers; `undefined` for other rows. */
export function offeredId(rowId: unknown): string | undefined {
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
  return alone({
    id: conflict.id,
    label: conflictTitle(conflict),
    description: aside(conflictSummary(conflict)),
    icon: 'warning',
    severity: 'amber',
    contextValue: 'conflict',
    value: conflictText(conflict),
  });
}

function offerRow({ kind, target, place, owner, inPlaceOf }: OfferedDaemon): Section {
  const address = addressOf(target);
  const what = address ? `${kind} on port ${address.port}` : `${kind} at ${placeOf(target)}`;
  const moved =
    inPlaceOf && `has the database of ${inPlaceOf.name}, which is gone from port ${inPlaceOf.port}`;
  return alone({
    id: `${FOUND}${daemonIdOf(target)}`,
    label: address ? `Found: ${kind} on ${address.port}` : `Found: ${kind}`,
    description: aside(moved ?? place, moved === undefined && owner !== undefined && `runs as ${owner}`),
    icon: 'search',
    severity: 'plain',
    contextValue: 'found',
    value: `${what}, ${place}.${owner === undefined ? '' : ` It runs as ${owner}.`} It is not watched.${moved ? ` It ${moved}.` : ''}`,
  });
}
