import { MAX_VANISHED, VANISHED_KEPT_MS } from './policy';
import type { Series } from './progress';
import type { Sample } from './report';

/** A series that a fleet has told of. */
export interface ToldSeries {
  /** Its labels, which no other has. */
  readonly key: string;
  readonly name: string;
  /** Since when it is told no more, as far as somebody looked. Epoch ms on our clock; absent as long as it is told. */
  readonly goneAt?: number;
}

const NONE: readonly ToldSeries[] = [];

/**
 * A sample of a fleet with the series that were told before and are not now: nothing is known of their daemons. Who was
 * taken out of service is forgotten after a while.
 *
 * @param known those of the samples before, in this window or an earlier one
 * @param wallAt epoch ms
 */
export function withVanished(
  known: readonly ToldSeries[] = NONE,
  sample: Sample,
  wallAt: number,
): { readonly sample: Sample; readonly known: readonly ToldSeries[] } {
  const progress = sample.ok ? sample.report.progress : undefined;
  if (!sample.ok || progress?.kind !== 'fleet' || isToldAgain(known, progress.series))
    return { sample, known };
  const { series } = progress;
  const told = new Set(series.map(({ key }) => key));
  const gone = known
    .filter(({ key, goneAt = wallAt }) => !told.has(key) && Math.abs(wallAt - goneAt) <= VANISHED_KEPT_MS)
    .slice(0, MAX_VANISHED)
    .map((each) => ({ goneAt: wallAt, ...each }));
  const vanished = gone.map(({ key, name }): Series => ({ key, name, unknown: { is: 'vanished' } }));
  const whole = { ...progress, series: [...series, ...vanished] };
  return {
    sample: { ...sample, report: { ...sample.report, progress: whole } },
    known: [...gone, ...series.map(({ key, name }) => ({ key, name }))],
  };
}

/** Whether all that is known is told, in the same order, as nearly every look tells it. */
function isToldAgain(known: readonly ToldSeries[], series: readonly Series[]): boolean {
  if (known.length !== series.length) return false;
  for (let at = 0; at < series.length; at++) if (known[at]!.key !== series[at]!.key) return false;
  return known.every(({ goneAt }) => goneAt === undefined);
}
