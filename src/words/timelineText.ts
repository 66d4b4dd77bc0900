import { clockTime } from '../base/time';
import type { Segment } from '../health/history';
import { HISTORY_BUCKET_MS } from '../health/policy';
import { STATE_LABELS } from './states';

/** In words, only the newest runs: nobody listens to more. */
const MAX_RUNS = 8;

/** What the strip shows, in words: "Last 24 h: healthy 08:00 to 10:30, wedged 10:30 to 11:00, healthy since 11:00". */
export function stripText(segments: readonly Segment[]): string {
  const runs: { words: string; fromAt: number }[] = [];
  for (const segment of segments) {
    const words = inWords(segment);
    if (words !== runs.at(-1)?.words) runs.push({ words, fromAt: segment.fromAt });
  }
  if (runs.length <= 1) return `Last 24 h: ${runs[0]?.words ?? 'not watched'}`;
  const endAt = segments.at(-1)!.fromAt + HISTORY_BUCKET_MS;
  const texts = runs.map(({ words, fromAt }, index) => {
    const untilAt = runs[index + 1]?.fromAt ?? endAt;
    const isLast = index === runs.length - 1;
    return isLast
      ? `${words} since ${hourMinute(fromAt)}`
      : `${words} ${hourMinute(fromAt)} to ${hourMinute(untilAt)}`;
  });
  const left = texts.length > MAX_RUNS ? 'earlier left out, ' : '';
  return `Last 24 h: ${left}${texts.slice(-MAX_RUNS).join(', ')}`;
}

function inWords({ state, isPartial }: Segment): string {
  return state === 'notWatched'
    ? 'not watched'
    : `${isPartial ? 'partly watched, ' : ''}${STATE_LABELS[state].label}`;
}

/** Of the 24-hour clock, without letters: it stands in the text of a picture's Markdown. */
function hourMinute(at: number): string {
  return clockTime(at, at).slice(0, 5);
}
