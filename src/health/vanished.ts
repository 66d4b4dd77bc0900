import { isSame } from '../base/text';
import { KEPT_SERIES_CHARS, MAX_VANISHED, VANISHED_KEPT_MS } from './policy';
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

/** The series that a fleet has told of, those first that are told no more. */
export interface KnownSeries {
  readonly all: readonly ToldSeries[];
  /** As many of them as a workspace keeps. The same object as long as these are the same. */
  readonly kept: readonly ToldSeries[];
}

const NONE: KnownSeries = { all: [], kept: [] };

/**
 * A sample of a fleet with the series that were told before and are not now: nothing is known of their daemons. Who was
 * taken out of service is forgotten after a while.
 *
 * @param known those of the samples before, in this window or an earlier one
 * @param wallAt epoch ms
 */
export function withVanished(
  known: KnownSeries | undefined,
  sample: Sample,
  wallAt: number,
): { readonly sample: Sample; readonly known: KnownSeries | undefined } {
  const progress = sample.ok ? sample.report.progress : undefined;
  if (!sample.ok || progress?.kind !== 'fleet') return { sample, known };
  const { all: before, kept } = known ?? NONE;
  const { series } = progress;
  if (isToldAgain(before, series)) return { sample, known };
  const told = new Set(series.map(({ key }) => key));
  const gone = before
    .filter(({ key, goneAt = wallAt }) => !told.has(key) && Math.abs(wallAt - goneAt) <= VANISHED_KEPT_MS)
    .slice(0, MAX_VANISHED)
    .map((each) => ({ goneAt: wallAt, ...each }));
  const vanished = gone.map(({ key, name }): Series => ({ key, name, unknown: { is: 'vanished' } }));
  const whole = { ...progress, series: [...series, ...vanished] };
  const all = [...gone, ...series.map(({ key, name }) => ({ key, name }))];
  return {
    sample: { ...sample, report: { ...sample.report, progress: whole } },
    known: { all, kept: asManyAsFit(all, kept) },
  };
}

function asManyAsFit(all: readonly ToldSeries[], before: readonly ToldSeries[]): readonly ToldSeries[] {
  let chars = 0;
  const kept = all.filter(({ key, name }) => (chars += key.length + name.length) <= KEPT_SERIES_CHARS);
  return isSame(kept, before) ? before : kept;
}

/** Whether all that is known is told, in the same order, as nearly every look tells it. */
function isToldAgain(known: readonly ToldSeries[], series: readonly Series[]): boolean {
  if (known.length !== series.length) return false;
  for (let at = 0; at < series.length; at++) if (known[at]!.key !== series[at]!.key) return false;
  return known.every(({ goneAt }) => goneAt === undefined);
}
