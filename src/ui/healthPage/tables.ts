import { clockTime, duration } from '../../base/time';
import type { Past } from '../../health/past';
import { partLabel } from '../../words/laneText';
import { extensionsText, limitText, standText, TOLD_BY_IT } from '../../words/pastText';
import { reasonText } from '../../words/reasons';
import { capitalise } from '../../words/states';
import { el, type PageElement, type PageNode } from './node';
import { CAPTIONS, COLUMNS } from './pageText';

/** What the lanes and the bars show, for who does not see them. */
export function timelineTables({ daemons, nowAt }: Past): readonly PageElement[] {
  const parts = daemons.flatMap(({ daemonId, name, lane }) =>
    lane.map(({ state, fromAt, toAt, reason, toldByIt }) =>
      row(`part ${daemonId} ${fromAt}`, [
        name,
        capitalise(partLabel(state)),
        clockTime(fromAt, nowAt),
        clockTime(toAt, nowAt),
        duration(toAt - fromAt),
        reason ? `${capitalise(reasonText(reason))}${toldByIt ? TOLD_BY_IT : ''}` : '',
      ]),
    ),
  );
  const sessions = daemons.flatMap(({ daemonId, name, sessions: all }) =>
    all.map((past) =>
      row(`session ${daemonId} ${past.session.id}`, [
        name,
        past.session.title,
        clockTime(past.fromAt, nowAt),
        past.endedAt === undefined ? '' : clockTime(past.endedAt, nowAt),
        limitText(past, nowAt),
        extensionsText(past, nowAt),
        capitalise(standText(past, nowAt)),
      ]),
    ),
  );
  return [
    table(CAPTIONS.parts, COLUMNS.parts, parts),
    ...(sessions.length === 0 ? [] : [table(CAPTIONS.sessions, COLUMNS.sessions, sessions)]),
  ];
}

/** A table for eyes and readers alike. */
export function table(
  caption: string,
  columns: readonly string[],
  rows: readonly PageElement[],
): PageElement {
  return el(
    'div',
    { class: 'wide', role: 'region', 'aria-label': caption, tabindex: '0' },
    el(
      'table',
      {},
      el('caption', {}, caption),
      el('thead', {}, el('tr', {}, ...columns.map((column) => el('th', { scope: 'col' }, column)))),
      el('tbody', {}, ...rows),
    ),
  );
}

export function row(key: string, cells: readonly PageNode[]): PageElement {
  return el('tr', { 'data-key': key }, ...cells.map((cell) => el('td', {}, cell)));
}
