import { clockMinute, MINUTE_MS, duration, type Instant } from '../base/time';
import type { HistorySummary } from '../health/history';
import { HISTORY_BUCKET_MS, HISTORY_WINDOW_MS } from '../health/policy';
import { SEVERITY } from '../health/states';
import type { DaemonModel } from '../model/daemonModel';
import { STATE_LABELS } from './states';
import { textsOf } from './texts';

/** The last 24 h in words, in whole minutes: "wedged twice today, 7 min in all". */
export const historyText = textsOf<HistorySummary>({
  notWatched: 'not watched yet',
  noProblems: 'no problems',
  noProblemsIn: ({ watchedMs }) =>
    watchedMs === 0
      ? `no problems · watched under ${duration(HISTORY_BUCKET_MS)}`
      : `no problems · ${duration(watchedMs)} watched`,
  onlySeen: ({ states }) => `only seen ${states.map((state) => STATE_LABELS[state].label).join(', ')}`,
  problems: ({ counts, totalMs, isToday }) => {
    const problems = counts
      .map(([state, count]) => `${STATE_LABELS[state].label} ${times(count)}`)
      .join(', ');
    const howLong =
      totalMs < MINUTE_MS ? 'under 1 min' : duration(Math.floor(totalMs / MINUTE_MS) * MINUTE_MS);
    const isOne = counts.length === 1 && counts[0]?.[1] === 1;
    return `${problems} ${isToday ? 'today' : 'in the last 24 h'} · ${howLong}${isOne ? '' : ' in all'}`;
  },
});

function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}

/** What the last 24 h were like: their problems, and the last start through us that failed. */
export function pastInWords({ history, restarts = [] }: DaemonModel, now: Instant): string | undefined {
  const failed = restarts.find(({ at, startFailed }) => startFailed !== undefined && isPast(at, now));
  if (!failed) return history && historyText(history.summary);
  const start = `start failed ${clockMinute(failed.at, now.wallAt)} · ${failed.startFailed}`;
  const hadProblems = history?.segments.some(
    ({ state }) => state !== 'notWatched' && SEVERITY[state] !== 'plain',
  );
  return hadProblems ? `${start}; ${historyText(history!.summary)}` : start;
}

function isPast(at: number, now: Instant): boolean {
  return at <= now.wallAt && now.wallAt - at < HISTORY_WINDOW_MS;
}
