import { joined } from '../../base/text';
import { worstFirst, type Ranked, type SeriesState } from '../../health/fleet';
import type { Fleet } from '../../health/progress';
import type { DaemonModel } from '../../model/daemonModel';
import { seriesText } from '../../words/fleetText';
import { MAX_SERIES_ROWS } from '../policy';
import { filterText, labelsText, moreSeriesText, NOT_TOLD_NOW, shownText, UNVERIFIED } from './fleetRowsText';
import { aside, detailRows, type Row, type Section } from './row';
import { seriesRowId } from './rowIds';

/** What the rows of fleets are filtered by: what a user typed, by the id of the fleet. */
export type Filters = ReadonlyMap<string, string>;

const ICONS: Readonly<Record<SeriesState['is'], string>> = {
  red: 'error',
  unknown: 'question',
  good: 'pass',
};

/** What is told of many daemons; `undefined` where this is one. */
export function fleetOf({ track }: DaemonModel): Fleet | undefined {
  const progress = track.last?.report.progress;
  return progress?.kind === 'fleet' ? progress : undefined;
}

/**
 * A row for each series, the worst first, as many as somebody reads; then how many more there are. While Prometheus
 * does not answer nothing is known of any.
 */
export function fleetRows(model: DaemonModel, filters: Filters): readonly Section[] {
  const fleet = fleetOf(model);
  if (!fleet) return [];
  const { daemon, track } = model;
  const filter = filters.get(daemon.id) ?? '';
  const all = worstFirst(fleet, track.last!.report.daemonNow ?? 0);
  const matching = filter === '' ? all : all.filter(([series]) => isMatch(series, filter));
  const shown = matching.slice(0, MAX_SERIES_ROWS);
  const rows = shown.map(([series, state]) => seriesRow(model, fleet, [series, state]));
  const below = (detail: Parameters<typeof detailRows>[2]) => detailRows(daemon.id, daemon.id, detail);
  const more = matching.length - shown.length;
  return [
    ...(filter === ''
      ? []
      : [
          below({
            key: 'filter',
            label: filterText(filter),
            description: aside(shownText(matching.length, all.length)),
            icon: 'filter',
          }),
        ]),
    ...rows.map((row): Section => [row]),
    ...(more > 0 ? [below({ key: 'more', label: moreSeriesText(more), icon: 'ellipsis' })] : []),
  ];
}

/** Whether a series has this text in its name or labels, whatever the case. */
export function isMatch({ key, name }: Fleet['series'][number], filter: string): boolean {
  const wanted = filter.toLowerCase();
  return key.toLowerCase().includes(wanted) || name.toLowerCase().includes(wanted);
}

function seriesRow({ daemon, track }: DaemonModel, fleet: Fleet, [series, state]: Ranked): Row {
  const isTold = track.sample?.ok === true;
  const figure = isTold ? seriesText(state, fleet.by, series.value) : NOT_TOLD_NOW;
  const isKnown = isTold && state.is !== 'unknown';
  return {
    id: seriesRowId(daemon.id, series.key),
    parentId: daemon.id,
    daemonId: daemon.id,
    label: `${figure} · ${series.name}`,
    ...(!isKnown && { description: aside(UNVERIFIED) }),
    icon: ICONS[isTold ? state.is : 'unknown'],
    severity: isTold && state.is === 'red' ? 'red' : 'plain',
    contextValue: 'series',
    children: [],
    value: `${series.name}: ${joined([!isKnown && UNVERIFIED, figure], ', ')}${labelsText(series.key)}`,
  };
}
