import { CRASH_LOOP_MS } from '../../health/policy';
import type { Restarted, WorkMade } from '../../health/workMade';
import { workText } from '../../words/work';
import { clockMinute, duration, wallAtOf, type Instant } from '../../base/time';
import { JUST_NOW_MS } from '../policy';

/** "3rd". */
function ordinal(count: number): string {
  const isTeen = Math.floor(count / 10) % 10 === 1;
  return `${count}${(isTeen ? undefined : ['th', 'st', 'nd', 'rd'][count % 10]) ?? 'th'}`;
}

/**
 * "dispatchd restarted at 14:03 after a reboot (was up 3 h 12 min); 2 sessions resumed, 1 interrupted."
 *
 * @param seen when that was told, which may be before it is said
 */
export function restartedText(name: string, restarted: Restarted, seen: Instant, now: Instant): string {
  const { kind, wasUpMs, agoMs = 0, isInferred, nth } = restarted;
  const what = isInferred ? 'seems to have restarted' : 'restarted';
  // A moment, since a message stays.
  const at = clockMinute(wallAtOf(seen, now) - agoMs, now.wallAt);
  const when = agoMs < JUST_NOW_MS ? '' : ` at ${at}`;
  const why = kind === 'reboot' ? ' after a reboot' : '';
  const up = wasUpMs === undefined ? '' : ` (was up ${duration(wasUpMs)})`;
  const loop = nth === undefined ? '' : `: ${ordinal(nth)} restart in ${duration(CRASH_LOOP_MS)}`;
  return `${name} ${what}${when}${why}${up}${loop}${andWork(restarted)}.`;
}

/** The same of several daemons. */
export function restartedTogetherText(restarts: readonly Restarted[]): string {
  const isReboot = restarts.every(({ kind }) => kind === 'reboot');
  const sum = (of: (restarted: Restarted) => number) => restarts.reduce((all, each) => all + of(each), 0);
  const work = andWork({
    resumed: sum(({ resumed }) => resumed),
    interrupted: sum(({ interrupted }) => interrupted),
  });
  return `${restarts.length} daemons restarted${isReboot ? ' after a reboot' : ''}${work}.`;
}

/** "; 2 sessions resumed, 1 interrupted". */
function andWork(made: WorkMade): string {
  const work = workText(made);
  return work === '' ? '' : `; ${work}`;
}
