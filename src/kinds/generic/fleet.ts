import { SECOND_MS } from '../../base/time';
import { VANISHED_KEPT_MS } from '../../health/policy';
import type { Fleet, Series } from '../../health/progress';
import type { FleetSetting } from '../../model/askSetting';
import { idOf, isSameLabels, keyOf, namer } from './labels';
import { MAX_SERIES } from './policy';
import type { Moment } from './values';
import { READERS, unreadable, type Known } from './series';
import type { Labels, Sample, Vector } from './vector';

/** What is remembered of a fleet. */
export interface KnownSeries {
  /** Those of the last look, in its order, and its moment in monotonic ms. */
  readonly told: readonly Known[];
  readonly toldMs: number;
  /** Those that are not told now and may come back, by their ids. */
  readonly gone: ReadonlyMap<string, { readonly known: Omit<Known, 'labels'>; readonly toldMs: number }>;
}

/** Nothing was told yet. */
export const NONE_KNOWN: KnownSeries = { told: [], toldMs: 0, gone: new Map() };

/** What a look at a fleet shows, and what the next one needs to know of it. */
export interface FleetLook {
  readonly fleet: Fleet;
  readonly known: KnownSeries;
}

/**
 * What one more answer tells of a fleet. Pure.
 *
 * @param before what the look before remembered
 * @param now the moment of the answer, on the clock of Prometheus
 */
export function readFleet(
  setting: FleetSetting,
  before: KnownSeries,
  { samples, warning }: Vector,
  now: Moment,
): FleetLook {
  const { value: by, redAbove } = setting;
  const read = firstOf(samples);
  const whose = recogniser(before, setting.rowName);
  const told: Known[] = [];
  const series: Series[] = [];
  for (const { metric, value } of read) {
    const was = whose.next(metric);
    const { key, name } = was;
    if (was.isTwice) {
      // Prometheus itself refuses that; a proxy in front of two may not.
      const first = series.findIndex((each) => each.key === key);
      series[first] = { key, name, unknown: unreadable('told twice') };
      continue;
    }
    const one = READERS[by](setting, value[1], was, now, { key, name });
    told.push(one.known);
    series.push(one.series);
  }
  const gone = whose.gone(now.monotonicMs);
  const limit = by === 'state' ? redAbove : redAbove * SECOND_MS;
  const unread = samples.length - read.length;
  return {
    fleet: { kind: 'fleet', by, limit, series, unread, ...(warning !== undefined && { warning }) },
    known: { told, toldMs: now.monotonicMs, gone },
  };
}

/**
 * Tells which series each of an answer is. Prometheus gives them in the same order from look to look: most are known by
 * their place, and only the others by all of their labels.
 */
function recogniser(before: KnownSeries, rowName: string) {
  const name = namer(rowName);
  let at = 0;
  /** Made with the first that is not at its place. */
  let byId: Map<string, Omit<Known, 'labels'>> | undefined;
  const seen = new Set<string>();
  const lookUp = (): Map<string, Omit<Known, 'labels'>> => {
    if (byId) return byId;
    byId = new Map([...before.gone].map(([id, { known }]) => [id, known]));
    for (const known of before.told) byId.set(known.id, known);
    for (const { id } of before.told.slice(0, at)) seen.add(id);
    return byId;
  };
  return {
    next(labels: Labels): Known & { readonly isTwice?: true } {
      const placed = byId ? undefined : before.told[at];
      if (placed && isSameLabels(placed.labels, labels)) {
        at++;
        return placed;
      }
      const known = lookUp();
      const id = idOf(labels);
      const was = known.get(id);
      const isTwice = seen.has(id);
      seen.add(id);
      if (was && !isTwice) return { ...was, labels };
      const fresh = { labels, id, key: keyOf(id), name: name(labels) };
      return isTwice ? { ...fresh, isTwice } : fresh;
    },
    gone(nowMs: number): KnownSeries['gone'] {
      if (!byId && at === before.told.length && before.gone.size === 0) return before.gone;
      const isKept = (toldMs: number) => nowMs - toldMs <= VANISHED_KEPT_MS;
      lookUp();
      const all = [
        // Labels may be long, and the id is enough to know a series by.
        ...before.told.map(({ labels: _, ...known }) => ({ known, toldMs: before.toldMs })),
        ...before.gone.values(),
      ].filter(({ known, toldMs }) => !seen.has(known.id) && isKept(toldMs));
      return new Map(all.slice(0, MAX_SERIES).map((each) => [each.known.id, each]));
    },
  };
}

/** Of too many always the same ones: a series that is read now and then would seem to vanish. */
function firstOf(samples: readonly Sample[]): readonly Sample[] {
  if (samples.length <= MAX_SERIES) return samples;
  return samples
    .map((sample) => [idOf(sample.metric), sample] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .slice(0, MAX_SERIES)
    .map(([, sample]) => sample);
}
