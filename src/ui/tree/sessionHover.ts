import { joined } from '../../base/text';
import { clockTime, duration, MINUTE_MS, SECOND_MS, type Instant } from '../../base/time';
import { timeLeftMs } from '../../health/deadlines';
import type { Session } from '../../health/report';
import { isLive, isStranded, isWaiting } from '../../health/sessions';
import type { DaemonModel } from '../../model/daemonModel';
import { capitalise } from '../../words/states';
import { questionText, timeLeftText } from '../../words/work';
import { sessionRowId } from './rowIds';

/** The hover of a session's row; `undefined` where the row is no session's. */
export function sessionRowHover(
  rowId: string,
  model: DaemonModel,
  lost: readonly Session[],
  now: Instant,
): string | undefined {
  const sessions = [...lost, ...(model.track.last?.report.sessions ?? [])];
  const session = sessions.find(({ id }) => sessionRowId(model.daemon.id, id) === rowId);
  return session && sessionHover(session, model, now);
}

/** All that is known of a session, to the second, for its hover: one fact a line. */
function sessionHover(session: Session, { track }: DaemonModel, now: Instant): string {
  const leftMs = isLive(session) && track.sample?.ok ? timeLeftMs(session, track, now) : undefined;
  const daemonNow = track.last?.report.daemonNow;
  const time = (label: string, at: number | undefined) =>
    at !== undefined && `${label} ${clockTime(at, now.wallAt)}`;
  const { command, cwd, timeoutMs, extensionsUsed = 0, maxExtensions, lastActivityAt, outcome } = session;
  const isActive = lastActivityAt !== undefined && daemonNow !== undefined && leftMs !== undefined;
  return joined(
    [
      session.title,
      isWaiting(session) && capitalise(questionText(session, track.sample?.ok === true)),
      command !== undefined && `Runs: ${command}`,
      cwd !== undefined && `In: ${cwd}`,
      time('Started', session.startedAt ?? session.createdAt),
      leftMs !== undefined &&
        `${capitalise(leftText(leftMs))}${session.deadlineAssumed ? ' (its limit is assumed)' : ''}`,
      timeoutMs !== undefined &&
        `Limit ${duration(timeoutMs)}${maxExtensions === undefined ? '' : `, ${extensionsUsed} of ${maxExtensions} extensions`}`,
      isActive && `Active ${beforeText(daemonNow - lastActivityAt)} the last answer`,
      time(isStranded(session) ? 'Last seen' : 'Ended', session.endedAt),
      outcome !== undefined && capitalise(outcome),
      session.wasLost && 'The session ran when its daemon restarted, and was not seen since',
    ],
    '\n',
  );
}

/** To the second, and in the last minute as the row says it. */
function leftText(ms: number): string {
  return ms < MINUTE_MS ? timeLeftText(ms) : `${duration(ms)} left`;
}

function beforeText(ms: number): string {
  return ms < SECOND_MS ? 'at' : `${duration(ms)} before`;
}
