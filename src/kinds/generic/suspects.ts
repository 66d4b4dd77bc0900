import type { Owing, Signs } from '../../health/report';
import type { ProofSetting } from '../../model/askSetting';
import { type Found, type Moment, readMoment } from './values';

/** What one of several things shows. */
export interface Shown {
  readonly signs: Signs;
  readonly found: Found;
  readonly name?: string | undefined;
}

/** Whom a sign is owed by, of so many. */
export function owing({ name }: Shown, count: number): Owing {
  return { ...(name !== undefined && { name }), others: Math.max(0, count - 1) };
}

/** Signs of one daemon, with what may hang and need not: of a schedule a long run, else who has owed a sign for long. */
export function withSuspects(setting: ProofSetting, signs: Signs, found: Found, now: Moment): Signs {
  return suspecting(setting, signs, [{ signs, found }], now);
}

/** The same of several things. @param signs of all of them together */
export function suspecting(
  { by, at, busy: busyAt, redAfterMs, stuckAfterMs }: ProofSetting,
  signs: Signs,
  shown: readonly Shown[],
  now: Moment,
): Signs {
  if (stuckAfterMs === undefined) return signs;
  const since = ({ signs: own, found }: Shown): number | undefined => {
    if (by !== 'due') return own.owedSinceAt;
    const began = readMoment(busyAt ?? at, found.busy ?? null, now.nowAt);
    return 'unknown' in began ? undefined : began.value;
  };
  const late = shown
    .map((one) => ({ one, sinceAt: since(one) ?? Infinity }))
    .filter(({ sinceAt }) => now.nowAt - sinceAt > stuckAfterMs)
    .sort((one, other) => one.sinceAt - other.sinceAt);
  const own: Signs = redAfterMs === undefined ? { ...signs, isNeverRed: true } : signs;
  const [first] = late;
  if (!first) return own;
  const is = by === 'due' ? 'longRun' : 'silent';
  return { ...own, suspect: { is, sinceAt: first.sinceAt, ...owing(first.one, late.length) } };
}
