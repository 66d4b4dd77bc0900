import { joined } from '../../base/text';
import type { DaemonId } from '../../health/report';
import type { Severity } from '../../health/states';

/**
 * One line of the tree. Its words are any strings: VS Code draws the strings of a tree and of its hovers letter by
 * letter. `id` is unique and names its place: the daemon's id, `id#loop`, …
 *
 * What a row is there for stands before its first "·", in its label and then in its description: in a side bar of the
 * default width the rest may be cut.
 */
export interface Row {
  readonly id: string;
  readonly parentId?: string;
  readonly label: string;
  readonly description?: string;
  readonly icon?: string;
  readonly severity: Severity;
  /** What the menus and inline buttons of package.json go by. */
  readonly contextValue: string;
  readonly children: readonly string[];
  readonly expanded?: boolean;
  /** What Enter and a click show, where it is not the whole text of the row. */
  readonly shows?: 'page' | 'output' | 'settings';
  /** Of a row of a session. */
  readonly sessionId?: string;
  /** What "Copy Value" copies, where that is not put together from the label and the description. */
  readonly value?: string;
  /** When what it says was said; the hover tells the age of it at that moment. */
  readonly daemonId?: DaemonId;
}

/** A top-level row, which comes first, and all rows below it. */
export type Section = readonly [Row, ...Row[]];

/** Fields that a row has in any case. */
export type Drawn<K extends keyof Row> = Required<Pick<Row, K>>;

/** A line about one aspect of a daemon. */
export interface Detail
  extends
    Drawn<'icon'>,
    Partial<Pick<Row, 'description' | 'severity' | 'contextValue' | 'expanded' | 'shows'>> {
  /** Menus go by it, where there is no `contextValue`. */
  readonly key: string;
  readonly label: string;
  /** The rows right below it. */
  readonly children?: readonly Row[];
  /** The rows below those. */
  readonly deeper?: readonly Row[];
}

/** A top-level row with nothing below it. */
export function alone(row: Omit<Row, 'children'>): Section {
  return [{ ...row, children: [] }];
}

/** A row for a detail, and after it all rows below. */
export function detailRows(daemonId: DaemonId, parentId: string, detail: Detail): Section {
  const { key, label, description, icon, severity = 'plain', expanded, shows } = detail;
  const { children = [], deeper = [] } = detail;
  const row: { -readonly [K in keyof Row]: Row[K] } = {
    id: `${daemonId}#${key}`,
    parentId,
    daemonId,
    label,
    icon,
    severity,
    contextValue: detail.contextValue ?? `detail.${key}`,
    children: children.map(({ id }) => id),
  };
  if (description !== undefined) row.description = description;
  if (expanded) row.expanded = expanded;
  if (shows) row.shows = shows;
  return [row, ...children, ...deeper];
}

/** A description of which nothing is what the row is there for: all of it may be cut. */
export function aside(...parts: readonly (string | false | undefined)[]): string {
  const text = joined(parts, ' · ');
  return text === '' ? '' : `· ${text}`;
}

/** What "Copy Value" copies. Not kept with each row: that would be the longest text of a session. */
export function valueOf({ value, sessionId, label, description = '' }: Row): string {
  if (value !== undefined) return value;
  const text = inWords(label, description);
  return sessionId === undefined ? text : `${sessionId}: ${text}`;
}

/** What a row says, read out: what is seen of it, since some find it by what they see. */
export function spokenOf({ label, description = '' }: Row): string {
  return description === '' ? label : `${label} ${description}`;
}

function inWords(label: string, description: string): string {
  const rest = description.replace(/^· /, '');
  return rest === '' ? label : `${label}: ${rest}`;
}
