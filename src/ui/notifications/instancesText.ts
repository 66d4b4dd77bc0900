import type { DaemonId } from '../../health/report';
import type { Restarted } from '../../health/instances';
import { INSTANCE_TOLD_MS } from '../../store/policy';
import { coarseAge, duration } from '../../base/time';
import type { Span, ToldFor } from '../../store/told';
import { JUST_NOW_MS } from '../policy';

/** "dispatchd restarted after a reboot (was up 3 h 12 min); 2 sessions resumed, 1 interrupted." */
export function restartedText(name: string, restarted: Restarted): string {
  const { kind, wasUpMs, agoMs = 0, isInferred, resumed, interrupted } = restarted;
  const what = isInferred ? 'seems to have restarted' : 'restarted';
  const when = agoMs < JUST_NOW_MS ? '' : ` ${coarseAge(agoMs)} ago`;
  const why = kind === 'reboot' ? ' after a reboot' : '';
  const up = wasUpMs === undefined ? '' : ` (was up ${duration(wasUpMs)})`;
  const sessions = (n: number) => `${n} session${n === 1 ? '' : 's'}`;
  const work = [
    ...(resumed > 0 ? [`${sessions(resumed)} resumed`] : []),
    ...(interrupted > 0 ? [`${resumed > 0 ? interrupted : sessions(interrupted)} interrupted`] : []),
  ].join(', ');
  return `${name} ${what}${when}${why}${up}${work === '' ? '' : `; ${work}`}.`;
}

/**
 * By which key, and for how long, a life counts as told in all windows. One without a name is known by the time in
 * which it began (epoch ms), which each window sees in its own way.
 */
export function instanceTold(
  daemonId: DaemonId,
  instanceId: string | undefined,
  began: Span,
): { readonly key: string; readonly toldFor: ToldFor } {
  return {
    key: `${daemonId} restarted ${instanceId ?? 'new life'}`,
    toldFor: instanceId === undefined ? began : INSTANCE_TOLD_MS,
  };
}
