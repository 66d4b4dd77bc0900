import type { LoopUnknown, SeriesUnknown } from './cause';
import type { Loop } from './loop';
import { FUTURE_TOLERANCE_MS } from './policy';
import type { Fleet, Series } from './progress';

/** How one series stands. `ageMs`: since its last sign; of one that is red since when it owes the next, or is bad. */
export type SeriesState =
  | { readonly is: 'red' | 'good'; readonly ageMs: number }
  | { readonly is: 'unknown'; readonly why: SeriesUnknown };

/**
 * Judges one series. What is missing, cannot be read or was never set is not known: neither red nor well.
 * @param nowAt epoch ms on the clock of Prometheus
 */
function assessSeries(series: Series, fleet: Pick<Fleet, 'by' | 'limit'>, nowAt: number): SeriesState {
  const { unknown, provenAt, owedSinceAt, isBad } = series;
  if (unknown) return { is: 'unknown', why: unknown };
  if (isBad) return { is: 'red', ageMs: Math.max(0, nowAt - (owedSinceAt ?? nowAt)) };
  if (provenAt !== undefined && provenAt - nowAt > FUTURE_TOLERANCE_MS) return IN_FUTURE;
  if (fleet.by === 'state') return { is: 'good', ageMs: 0 };
  const owedMs = owedSinceAt === undefined ? 0 : nowAt - owedSinceAt;
  if (owedMs > fleet.limit) return { is: 'red', ageMs: nowAt - (provenAt ?? owedSinceAt!) };
  return provenAt === undefined ? NOT_MOVED_YET : { is: 'good', ageMs: Math.max(0, nowAt - provenAt) };
}

const IN_FUTURE: SeriesState = { is: 'unknown', why: { is: 'signInFuture' } };
const NOT_MOVED_YET: SeriesState = { is: 'unknown', why: { is: 'notMovedYet' } };

/**
 * Judges a fleet by its worst series: red where one is, and well only where all of them are, none is missing and none is
 * unread. Without a series, or where some may be left out, nothing is known.
 */
export function assessFleet(fleet: Fleet, nowAt: number | undefined): Loop {
  const { by, limit, series, unread, warning, targets } = fleet;
  if (nowAt === undefined) return { kind: 'unknown', why: { is: 'noCycleTimes' } };
  let red = 0;
  let worst: { readonly name: string; readonly ageMs: number } | undefined;
  let unknown = 0;
  let first: { readonly name: string; readonly why: SeriesUnknown } | undefined;
  let oldestMs = 0;
  let crossesInMs = Infinity;
  for (const each of series) {
    const state = assessSeries(each, fleet, nowAt);
    if (state.is === 'red') {
      red++;
      if (!worst || state.ageMs > worst.ageMs) worst = { name: each.name, ageMs: state.ageMs };
      continue;
    }
    // A state turns bad in no time that anybody knows before.
    if (by !== 'state' && each.owedSinceAt !== undefined)
      crossesInMs = Math.min(crossesInMs, limit - (nowAt - each.owedSinceAt));
    if (state.is === 'unknown') {
      unknown++;
      first ??= { name: each.name, why: state.why };
    } else oldestMs = Math.max(oldestMs, state.ageMs);
  }
  const of = series.length;
  if (worst) {
    const stale = { is: 'seriesRed', by, name: worst.name, count: red, of, limit } as const;
    return { kind: 'stale', ageMs: worst.ageMs, stale };
  }
  const crossing = crossesInMs === Infinity ? {} : { crossesInMs: Math.max(0, crossesInMs) };
  const why: LoopUnknown | undefined =
    of === 0 || targets
      ? { is: 'noSeries', ...(targets && { targets }) }
      : unread > 0
        ? { is: 'seriesUnread', read: of, of: of + unread }
        : warning !== undefined
          ? { is: 'seriesWarned', said: warning }
          : first && { is: 'seriesUnknown', ...first, count: unknown, of };
  if (why) return { kind: 'unknown', why, ...crossing };
  return { kind: 'advancing', ageMs: oldestMs, crossesInMs: crossing.crossesInMs ?? Infinity };
}

/** A series, and how it stands. */
export type Ranked = readonly [series: Series, state: SeriesState];

const WEIGHT: Readonly<Record<SeriesState['is'], number>> = { red: 0, unknown: 1, good: 2 };

/**
 * The worst first: what is red, the longest first; then what is not known; then the others. By name within these, and
 * worker-2 before worker-10.
 */
export function worstFirst(fleet: Fleet, nowAt: number): readonly Ranked[] {
  const byName = new Intl.Collator('en', { numeric: true });
  return fleet.series
    .map((series): Ranked => [series, assessSeries(series, fleet, nowAt)])
    .sort(([a, one], [b, other]) => {
      if (one.is === 'red' && other.is === 'red' && one.ageMs !== other.ageMs) return other.ageMs - one.ageMs;
      return WEIGHT[one.is] - WEIGHT[other.is] || byName.compare(a.name, b.name);
    });
}

/** When the series that got on longest ago did: of what all of them prove, that is as much as is proven. */
export function oldestSignAt({ series }: Fleet): number | undefined {
  let oldestAt: number | undefined;
  for (const { provenAt = oldestAt } of series) {
    if (provenAt !== undefined && (oldestAt === undefined || provenAt < oldestAt)) oldestAt = provenAt;
  }
  return oldestAt;
}
