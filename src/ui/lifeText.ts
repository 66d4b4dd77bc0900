import type { Restarted } from '../health/lifecycle';
import { duration } from '../health/wording';

/** "dispatchd restarted after a reboot (was up 3 h 12 min); 2 sessions resumed, 1 interrupted." */
export function restartedText(name: string, restarted: Restarted): string {
  const { kind, wasUpMs, isInferred, resumed, interrupted } = restarted;
  const what = isInferred ? 'seems to have restarted' : 'restarted';
  const why = kind === 'reboot' ? ' after a reboot' : '';
  const up = wasUpMs === undefined ? '' : ` (was up ${duration(wasUpMs)})`;
  const sessions = (n: number) => `${n} session${n === 1 ? '' : 's'}`;
  const work = [
    ...(resumed > 0 ? [`${sessions(resumed)} resumed`] : []),
    ...(interrupted > 0 ? [`${resumed > 0 ? interrupted : sessions(interrupted)} interrupted`] : []),
  ].join(', ');
  return `${name} ${what}${why}${up}${work === '' ? '' : `; ${work}`}.`;
}
