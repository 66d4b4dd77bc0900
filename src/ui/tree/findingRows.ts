import type { OfferedDaemon } from '../../model/foundDaemon';
import type { Target } from '../../model/target';
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

/** The id of the row that offers the daemon at this target. */
export function offerRowId(target: Target): string {
  return `${FOUND}${daemonIdOf(target)}`;
}

/** "smithy on port 3457, ~/shop", with its owner where that is another user. */
export function offeredText(daemon: OfferedDaemon): string {
  const { place, owner } = daemon;
  return `${whatOf(daemon)}, ${place}${owner === undefined ? '' : `, runs as ${owner}`}`;
}

function whatOf({ kind, target }: OfferedDaemon): string {
  const address = addressOf(target);
  return address ? `${kind} on port ${address.port}` : `${kind} at ${placeOf(target)}`;
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

function offerRow(daemon: OfferedDaemon): Section {
  const { kind, target, place, owner, inPlaceOf } = daemon;
  const address = addressOf(target);
  const moved =
    inPlaceOf && `has the database of ${inPlaceOf.name}, which is gone from port ${inPlaceOf.port}`;
  return alone({
    id: offerRowId(target),
    label: address ? `Found: ${kind} on ${address.port}` : `Found: ${kind}`,
    description: aside(moved ?? place, moved === undefined && owner !== undefined && `runs as ${owner}`),
    icon: 'search',
    severity: 'plain',
    contextValue: 'found',
    value: `${whatOf(daemon)}, ${place}.${owner === undefined ? '' : ` It runs as ${owner}.`} It is not watched.${moved ? ` It ${moved}.` : ''}`,
  });
}
