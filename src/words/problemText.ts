import { forOver, type Instant } from '../base/time';
import type { DaemonState } from '../health/states';
import type { DaemonModel } from '../model/daemonModel';
import { reasonText } from './reasons';
import { STATE_LABELS, stalledForMs } from './states';

/** What is wrong with a daemon, in a sentence or two. @param still "still " where that was told before, else nothing */
export function problemText(model: DaemonModel, state: DaemonState, still: string, now: Instant): string {
  const { name } = model.daemon;
  const reason = reasonText(model.track.verdict.reason);
  switch (state) {
    case 'wedged':
      return (
        `${name} is ${still}wedged: the process answers, but its poll loop has completed no cycle ` +
        `${forOver(stalledForMs(model, now))}. Nothing is dispatched until a restart.`
      );
    case 'unresponsive':
      return `${name} is ${still}unresponsive: ${reason}.`;
    case 'unreachable':
      return `${name} is ${still}unreachable: ${reason}.`;
    case 'stuck':
      return `${name} is ${still}stuck: ${reason}.`;
    case 'unavailable':
      return `${name} is ${still}unavailable: ${reason}.`;
    default:
      return `${name}: ${still}${STATE_LABELS[state].label}. ${reason}.`;
  }
}
