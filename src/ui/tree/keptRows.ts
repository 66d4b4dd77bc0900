import type { Session } from '../../health/report';
import type { Row } from './row';

/** What the row of a session says besides what the session itself says. */
interface Says extends Pick<Row, 'icon' | 'severity' | 'contextValue' | 'parentId' | 'shows'> {
  readonly figure: string;
  readonly lately: string | false | undefined;
}

/**
 * The rows of sessions as they were last made. A session of which nothing changed between two answers stays the same
 * object, as its reader takes care: where it also says the same, so does its row.
 */
export class KeptRows {
  readonly #made = new WeakMap<Session, { readonly row: Row } & Pick<Says, 'figure' | 'lately'>>();

  row(session: Session, says: Says, make: () => Row): Row {
    const made = this.#made.get(session);
    if (made?.figure === says.figure && made.lately === says.lately && isDrawnAs(made.row, says))
      return made.row;
    const row = make();
    this.#made.set(session, { row, figure: says.figure, lately: says.lately });
    return row;
  }
}

function isDrawnAs(row: Row, says: Says): boolean {
  return (
    row.icon === says.icon &&
    row.severity === says.severity &&
    row.contextValue === says.contextValue &&
    row.parentId === says.parentId &&
    row.shows === says.shows
  );
}
