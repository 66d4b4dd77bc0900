import { clockMinute, clockTime } from '../base/time';
import type { Segment } from '../health/history';
import { HISTORY_BUCKET_MS } from '../health/policy';
import { STATE_LABELS } from './states';

/** In words, only the newest runs and problems: nobody listens to more. */
const MAX_RUNS = 8;

/**
 * What the strip shows, in words, with each problem to the second: "Last 24 h: not watched 3/1 11:30 to 09:00, healthy
 * since 09:00; wedged 10:02:11 to 10:02:38".
 */
export function stripText(segments: readonly Segment[]): string {
  const runs: { words: string; fromAt: number }[] = [];
  for (const segment of segments) {
    const words = inWords(segment);
    if (words !== runs.at(-1)?.words) runs.push({ words, fromAt: segment.fromAt });
  }
  // Of the last half hour, which may end only after midnight.
  const nowAt = segments.at(-1)?.fromAt ?? 0;
  const endAt = nowAt + HISTORY_BUCKET_MS;
  const texts = runs.map(({ words, fromAt }, index) => {
    if (runs.length === 1) return words;
    const untilAt = runs[index + 1]?.fromAt ?? endAt;
    const isLast = index === runs.length - 1;
    return isLast
      ? `${words} since ${clockMinute(fromAt, nowAt)}`
      : `${words} ${fromTo(fromAt, untilAt, nowAt, clockMinute)}`;
  });
  const problems = problemsIn(segments, nowAt);
  const told = [newest(texts).join(', ') || 'not watched', ...newest(problems)];
  return `Last 24 h: ${told.join('; ')}`;
}

function newest(texts: readonly string[]): readonly string[] {
  const left = texts.length > MAX_RUNS ? ['earlier left out'] : [];
  return [...left, ...texts.slice(-MAX_RUNS)];
}

/** One that goes on over the end of a bucket is one. */
function problemsIn(segments: readonly Segment[], nowAt: number): readonly string[] {
  const problems: { state: Segment['state']; fromAt: number; toAt: number }[] = [];
  for (const { state, bad } of segments) {
    if (!bad) continue;
    const last = problems.at(-1);
    if (last?.state === state && last.toAt === bad.fromAt) last.toAt = bad.toAt;
    else problems.push({ state, fromAt: bad.fromAt, toAt: bad.toAt });
  }
  return problems.map(
    ({ state, fromAt, toAt }) => `${labelOf(state)} ${fromTo(fromAt, toAt, nowAt, clockTime)}`,
  );
}

function inWords({ state, isPartial, bad }: Segment): string {
  const beside = bad ? bad.beside : state;
  return beside === 'notWatched' ? 'not watched' : `${isPartial ? 'partly watched, ' : ''}${labelOf(beside)}`;
}

function labelOf(state: Segment['state']): string {
  return state === 'notWatched' ? 'not watched' : STATE_LABELS[state].label;
}

/** "3/1 21:20 to 21:21": a span within one day tells the day once. */
function fromTo(fromAt: number, toAt: number, nowAt: number, told: typeof clockTime): string {
  const isOneDay = told(fromAt, toAt) === told(fromAt, fromAt);
  return `${told(fromAt, nowAt)} to ${told(toAt, isOneDay ? toAt : nowAt)}`;
}
