import { joined } from '../../base/text';
import { clockMinute, type Instant, MINUTE_MS, wholeMinutes } from '../../base/time';
import { timeLeftMs } from '../../health/deadlines';
import { COUNTDOWN_FIRST_MS } from '../../health/policy';
import type { Session } from '../../health/report';
import { canGoOn, endOf, type End } from '../../health/sessions';
import type { DaemonModel } from '../../model/daemonModel';
import { timeLeftText } from '../../words/work';
import type { Drawn } from './row';

/** A session by the figure that matters, and what else there is to say. */
export type DrawnSession = Drawn<'icon' | 'severity' | 'contextValue'> & {
  readonly figure: string;
  /** What there is to say of the session itself: the same of the same session. */
  readonly more?: (session: Session) => readonly (string | false | undefined)[];
  /** What there is to say as of now. */
  readonly lately?: string | false;
};

const END: Readonly<Record<End, { readonly label: string; readonly icon: string }>> = {
  completed: { label: 'finished', icon: 'pass' },
  failed: { label: 'failed', icon: 'error' },
  timedOut: { label: 'timed out', icon: 'watch' },
  cancelled: { label: 'stopped', icon: 'circle-slash' },
  interrupted: { label: 'interrupted', icon: 'stop-circle' },
};

/** Says nothing that changes by the second but in the last minute: a row that did would be written again every second. */
export function liveRow({ track }: DaemonModel, session: Session, now: Instant): DrawnSession {
  // Of a daemon that does not answer nobody knows whether its work lives.
  if (track.sample?.ok !== true) return { ...WAS_LIVE, figure: `was ${session.status}` };
  const { startedAt, status } = session;
  const leftMs = timeLeftMs(session, track, now);
  const isNear = leftMs !== undefined && leftMs <= COUNTDOWN_FIRST_MS;
  const since = () => (startedAt === undefined ? status : `since ${clockMinute(startedAt, now.wallAt)}`);
  return {
    figure: leftMs === undefined ? since() : timeLeftText(leftMs),
    more: leftMs === undefined && startedAt === undefined ? besidesStatus : moreOfLive,
    lately: quietText(session, track, leftMs),
    icon: isNear ? 'watch' : 'play-circle',
    severity: isNear ? 'amber' : 'plain',
    contextValue: LIVE,
  };
}

const LIVE = 'session.running';

const WAS_LIVE = { more: besidesStatus, icon: 'question', severity: 'plain', contextValue: LIVE } as const;

function moreOfLive(session: Session): readonly (string | false)[] {
  const { stopping, status } = session;
  return [stopping === undefined && status !== 'running' && status, ...besidesStatus(session)];
}

/** Where the figure is the status. */
function besidesStatus(session: Session): readonly (string | false)[] {
  const { extensionsUsed = 0, maxExtensions, requestedExtensions = 0, stopping } = session;
  return [
    stopping !== undefined && `ending: ${stopping}`,
    extensionsUsed > 0 &&
      `extended ${extensionsUsed}${maxExtensions === undefined ? '' : ` of ${maxExtensions}`}`,
    requestedExtensions > 0 && `${requestedExtensions} × on request`,
    session.recovered === true && `resumed, run ${session.attempt ?? 2}`,
  ];
}

/** For how long nothing moved, as of the last whole minute that is left: one row has one moment a minute to change at. */
function quietText(
  { lastActivityAt }: Session,
  { last }: DaemonModel['track'],
  leftMs: number | undefined,
): string | false {
  const daemonNow = last?.report.daemonNow;
  if (lastActivityAt === undefined || daemonNow === undefined) return false;
  const sinceMinuteMs = leftMs === undefined ? 0 : MINUTE_MS - (Math.max(0, leftMs) % MINUTE_MS);
  const quietMs = daemonNow - lastActivityAt - sinceMinuteMs;
  return quietMs >= MINUTE_MS && `quiet for ${wholeMinutes(quietMs)}`;
}

/** Work that waits for a person, with its question. */
export function waitingRow({ track }: DaemonModel): DrawnSession {
  const answers = track.sample?.ok === true;
  return {
    figure: answers ? 'waits for you' : 'was waiting for you',
    more: ({ question }) => [question],
    icon: answers ? 'comment-discussion' : 'question',
    severity: answers ? 'amber' : 'plain',
    contextValue: 'session.waiting',
  };
}

/** What ended as it should is told by its icon; everything else has a word, too. */
export function endedRow(session: Session, group: 'ended' | 'interrupted', now: Instant): DrawnSession {
  const at = session.endedAt === undefined ? undefined : clockMinute(session.endedAt, now.wallAt);
  const end = endOf(session) ?? 'completed';
  const { label, icon } = END[end];
  // What became of it was decided already: it cannot be run from here a second time.
  const isHandled = group === 'ended' && end === 'interrupted';
  const isResumable = session.kind === 'named' || canGoOn(session);
  const kind = isHandled ? 'handled' : isResumable ? 'named' : 'foreground';
  return {
    figure: joined([label, at], ' '),
    more: ({ endAssumed }) => [endAssumed && 'assumed'],
    icon,
    severity: end === 'timedOut' || group === 'interrupted' ? 'amber' : 'plain',
    contextValue: `session.${group}.${kind}`,
  };
}
