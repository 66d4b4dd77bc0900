import type { DaemonModel } from '../../model/daemonModel';
import type { Notice } from '../../health/incident';
import { type Instant, duration, forOver } from '../../base/time';
import { SEVERITY, type DaemonState } from '../../health/states';
import { STATE_LABELS, stalledForMs } from '../../words/states';
import type { NotificationSettings } from '../../settings/settings';

export interface Message {
  readonly level: 'error' | 'warning' | 'info';
  readonly text: string;
  /** Whether restarting is something that could help now. */
  readonly offersRestart: boolean;
}

/** States whose notification is an error; the other bad ones are warnings. */
const ERRORS: readonly DaemonState[] = ['wedged', 'unresponsive'];
/** States that a restart cannot mend. */
const NOT_CURED_BY_RESTART: readonly DaemonState[] = ['stuck', 'wrongAnswer', 'unavailable'];

/** Whether a notice is to be shown: red ones are errors, the rest is for those who want all. */
export function isWanted(notice: Notice, { level, muted }: NotificationSettings): boolean {
  if (level === 'none' || muted.includes(notice.state)) return false;
  return level === 'all' || (notice.kind !== 'recovered' && SEVERITY[notice.state] === 'red');
}

/** What a notification says: what is wrong, since when, and what it means. */
export function noticeMessage(model: DaemonModel, notice: Notice, now: Instant): Message {
  const { name } = model.daemon;
  if (notice.kind === 'recovered') {
    return {
      level: 'info',
      text: `${name} is healthy again. It was ${STATE_LABELS[notice.state].label} for ${duration(notice.lastedMs)}.`,
      offersRestart: false,
    };
  }
  const still = notice.kind === 'reminder' ? 'still ' : '';
  return {
    level: ERRORS.includes(notice.state) ? 'error' : 'warning',
    text: problemText(model, notice.state, still, now),
    offersRestart: !NOT_CURED_BY_RESTART.includes(notice.state),
  };
}

function problemText(model: DaemonModel, state: DaemonState, still: string, now: Instant): string {
  const { name } = model.daemon;
  const { reason } = model.track.verdict;
  switch (state) {
    case 'wedged':
      return (
        `${name} is ${still}wedged: it answers, but its poll loop has completed no cycle ` +
        `${forOver(stalledForMs(model, now))}. Nothing is dispatched until it is restarted.`
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
