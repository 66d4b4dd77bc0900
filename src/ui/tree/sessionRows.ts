import { joined } from '../../base/text';
import { clockMinute, type Instant, MINUTE_MS, wholeMinutes } from '../../base/time';
import { timeLeftMs } from '../../health/deadlines';
import { COUNTDOWN_FIRST_MS, ENDED_SHOWN_MS, MAX_SESSION_ROWS } from '../../health/policy';
import type { Session } from '../../health/report';
import { canGoOn, endOf, isLive, isStranded, isWaiting, type End } from '../../health/sessions';
import type { DaemonModel } from '../../model/daemonModel';
import { nextTimeLeftMs, timeLeftText } from '../../words/work';
import { aside, type Detail, type Drawn, type Row } from './row';
import { INTERRUPTED, sessionRowId } from './rowIds';
import { sessionRowHover } from './sessionHover';

/** What draws the rows of sessions: a chunk that is loaded once there are any. */
export interface SessionRows {
  /** @param parentId the row that those stand below that run, or that ran when the daemon last answered */
  groups(model: DaemonModel, parentId: string, now: Instant): SessionGroups;
  /** `undefined` where the row is no session's. */
  hover(rowId: string, model: DaemonModel, now: Instant): string | undefined;
  /** How long until a row says something else although nothing is new; `undefined` where none does. */
  nextChangeMs(model: DaemonModel, now: Instant): number | undefined;
}

export interface SessionGroups {
  /** What waits for an answer, then what runs. */
  readonly live: readonly Row[];
  readonly interrupted: readonly Detail[];
  readonly ended: readonly Detail[];
}

/**
 * Drawn by the tree from when this chunk is loaded.
 *
 * @param lostOf work that the daemon itself does not list any more
 */
export function sessionRows(lostOf: (model: DaemonModel) => readonly Session[]): SessionRows {
  return {
    groups: (model, parentId, now) => sessionGroups(model, lostOf(model), parentId, now),
    hover: (rowId, model, now) => sessionRowHover(rowId, model, lostOf(model), now),
    nextChangeMs,
  };
}

const END: Readonly<Record<End, { readonly label: string; readonly icon: string }>> = {
  completed: { label: 'finished', icon: 'pass' },
  failed: { label: 'failed', icon: 'error' },
  timedOut: { label: 'timed out', icon: 'watch' },
  cancelled: { label: 'stopped', icon: 'circle-slash' },
  interrupted: { label: 'interrupted', icon: 'stop-circle' },
};

function sessionGroups(
  model: DaemonModel,
  lost: readonly Session[],
  parentId: string,
  now: Instant,
): SessionGroups {
  const { report } = model.track.last!;
  const sessions = report.sessions ?? [];
  const nowAt = report.daemonNow ?? now.wallAt;
  // Its daemon may list it, too, as a ductor does a task that it cancelled when it ended.
  const isLost = new Set(lost.map(({ id }) => id));
  const ended = sessions
    .filter((session) => endOf(session) !== undefined && !isStranded(session) && !isLost.has(session.id))
    .concat(report.sessions ? lost.filter((session) => !isStranded(session)) : [])
    .filter(({ endedAt }) => endedAt === undefined || nowAt - endedAt < ENDED_SHOWN_MS)
    .sort((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0));
  // A person is to find first what a person holds up.
  const shown = [...sessions.filter(isWaiting), ...sessions.filter(isLive)];
  return {
    live: rows(model, shown, parentId, (session) =>
      isWaiting(session) ? waitingRow(model, session) : liveRow(model, session, now),
    ),
    interrupted: interruptedDetail(model, [...sessions, ...lost].filter(isStranded), now),
    ended: endedDetail(model, ended, now),
  };
}

function endedDetail(model: DaemonModel, ended: readonly Session[], now: Instant): Detail[] {
  if (ended.length === 0) return [];
  const bad = ended.filter((session) => endOf(session) === 'timedOut' || endOf(session) === 'failed').length;
  return [
    {
      key: 'ended',
      label: 'Ended today',
      description: `${ended.length}${bad > 0 ? ` · ${bad} timed out or failed` : ''}`,
      icon: 'history',
      children: rows(model, ended, `${model.daemon.id}#ended`, (session) => endedRow(session, 'ended', now)),
    },
  ];
}

function interruptedDetail(model: DaemonModel, stranded: readonly Session[], now: Instant): Detail[] {
  if (stranded.length === 0) return [];
  // A daemon that remembers what was interrupted has resumed already what it can; any other may still do so.
  const waits = model.track.last!.report.traits.remembersInterrupted ? 'to run again' : 'not resumed';
  return [
    {
      key: INTERRUPTED,
      label: 'Interrupted',
      description: `${stranded.length} ${waits}`,
      icon: 'stop-circle',
      severity: 'amber',
      children: rows(model, stranded, `${model.daemon.id}#${INTERRUPTED}`, (session) =>
        endedRow(session, 'interrupted', now),
      ),
      expanded: true,
    },
  ];
}

const NO_CHILDREN: Row['children'] = [];
const SHOWS_OUTPUT = { shows: 'output' } as const;

/** A session by the figure that matters, and what else there is to say. */
type DrawnSession = Drawn<'icon' | 'severity' | 'contextValue'> & {
  readonly figure: string;
  readonly more: readonly (string | false | undefined)[];
};

function rows(
  { daemon, track }: DaemonModel,
  sessions: readonly Session[],
  parentId: string,
  draw: (session: Session) => DrawnSession,
): Row[] {
  const { kind, traits } = track.last!.report;
  const output = traits.extendsOnRequest && track.sample?.ok === true ? SHOWS_OUTPUT : undefined;
  const shown = sessions.slice(0, MAX_SESSION_ROWS).map((session): Row => {
    const { figure, more, icon, severity, contextValue } = draw(session);
    // By name: copied from the other object, the rows of a hundred sessions cost five times as much.
    return {
      id: sessionRowId(daemon.id, session.id),
      parentId,
      daemonId: daemon.id,
      sessionId: session.id,
      label: `${figure} · ${session.title}`,
      description: aside(role(session), ...more),
      icon,
      severity,
      contextValue: `${contextValue}.${kind}`,
      children: NO_CHILDREN,
      ...output,
    };
  });
  const left = sessions.length - shown.length;
  if (left <= 0) return shown;
  const label = `and ${left} more`;
  return [
    ...shown,
    {
      id: `${parentId}#more`,
      parentId,
      daemonId: daemon.id,
      label,
      severity: 'plain',
      contextValue: 'more',
      value: label,
      children: NO_CHILDREN,
    },
  ];
}

/** Says nothing that changes by the second but in the last minute: a row that did would be written again every second. */
function liveRow({ track }: DaemonModel, session: Session, now: Instant): DrawnSession {
  const { extensionsUsed = 0, maxExtensions, requestedExtensions = 0, startedAt, stopping, status } = session;
  // Of a daemon that does not answer nobody knows whether its work lives.
  const answers = track.sample?.ok === true;
  const leftMs = answers ? timeLeftMs(session, track, now) : undefined;
  const isNear = leftMs !== undefined && leftMs <= COUNTDOWN_FIRST_MS;
  const since = startedAt === undefined ? status : `since ${clockMinute(startedAt, now.wallAt)}`;
  return {
    figure: !answers ? `was ${status}` : leftMs === undefined ? since : timeLeftText(leftMs),
    more: [
      stopping === undefined ? status !== 'running' && status : `ending: ${stopping}`,
      extensionsUsed > 0 &&
        `extended ${extensionsUsed}${maxExtensions === undefined ? '' : ` of ${maxExtensions}`}`,
      requestedExtensions > 0 && `${requestedExtensions} × on request`,
      session.recovered && `resumed, run ${session.attempt ?? 2}`,
      answers && quietText(session, track, leftMs),
    ],
    icon: !answers ? 'question' : isNear ? 'watch' : 'play-circle',
    severity: isNear ? 'amber' : 'plain',
    contextValue: 'session.running',
  };
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

function nextChangeMs({ track }: DaemonModel, now: Instant): number | undefined {
  if (track.sample?.ok !== true) return undefined;
  const changes = (track.last?.report.sessions ?? []).filter(isLive).flatMap((session) => {
    const leftMs = timeLeftMs(session, track, now);
    return leftMs === undefined || leftMs <= 0 ? [] : nextTimeLeftMs(leftMs);
  });
  return changes.length === 0 ? undefined : Math.min(...changes);
}

function waitingRow({ track }: DaemonModel, session: Session): DrawnSession {
  const answers = track.sample?.ok === true;
  return {
    figure: answers ? 'waits for you' : 'was waiting for you',
    more: [session.question],
    icon: answers ? 'comment-discussion' : 'question',
    severity: answers ? 'amber' : 'plain',
    contextValue: 'session.waiting',
  };
}

/** What ended as it should is told by its icon; everything else has a word, too. */
function endedRow(session: Session, group: 'ended' | 'interrupted', now: Instant): DrawnSession {
  const at = session.endedAt === undefined ? undefined : clockMinute(session.endedAt, now.wallAt);
  const end = endOf(session) ?? 'completed';
  const { label, icon } = END[end];
  // What became of it was decided already: it cannot be run from here a second time.
  const isHandled = group === 'ended' && end === 'interrupted';
  const isResumable = session.kind === 'named' || canGoOn(session);
  const kind = isHandled ? 'handled' : isResumable ? 'named' : 'foreground';
  return {
    figure: joined([label, at], ' '),
    more: [session.endAssumed && 'assumed'],
    icon,
    severity: end === 'timedOut' || group === 'interrupted' ? 'amber' : 'plain',
    contextValue: `session.${group}.${kind}`,
  };
}

/** What the agent is, where the title does not say that. */
function role({ title, role: is }: Session): string | false | undefined {
  return is !== title && is;
}
