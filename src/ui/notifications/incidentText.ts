import type { DaemonModel } from '../../model/daemonModel';
import type { Notice } from '../../health/incident';
import { type Instant, duration } from '../../base/time';
import { SEVERITY, STATES } from '../../health/states';
import { problemText } from '../../words/problemText';
import { STATE_LABELS } from '../../words/states';
import type { NotificationSettings } from '../../settings/settings';

export interface Message {
  readonly level: 'error' | 'warning' | 'info';
  readonly text: string;
  /** Whether restarting is something that could help now. */
  readonly offersRestart: boolean;
}

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
  const row = STATES[notice.state];
  const isProblem = row.severity !== 'plain';
  return {
    level: isProblem ? row.notifiesAs : 'warning',
    text: problemText(model, notice.state, still, now),
    offersRestart: isProblem && row.isCuredByRestart,
  };
}
