import { joined } from '../../base/text';
import type { DaemonModel } from '../../model/daemonModel';
import { inhibitedBy, timeLeftMs } from '../../health/deadlines';
import { COUNTDOWN_FIRST_MS, ENDED_SHOWN_MS, MAX_SESSION_ROWS } from '../../health/policy';
import type { Session } from '../../health/report';
import { clockTime, type Instant, coarseAge, duration } from '../../base/time';
import { canGoOn, endOf, isLive, isStranded, isWaiting, type End } from '../../health/sessions';
import { STATE_LABELS, capitalise } from '../../words/states';
import { coarseTimeLeft, questionText, workingText } from '../../words/work';
import { INTERRUPTED, sessionRowId } from './rowIds';
import type { Detail, Drawn, Row, SessionRows } from './daemonRows';

/**
 * Drawn by the tree from when this chunk is loaded.
 *
 * @param lostOf work that the daemon itself does not list any more
 */
export function sessionRows(lostOf: (model: DaemonModel) => readonly Session[]): SessionRows {
  return {
    details: (model, now) => sessionDetails(model, lostOf(model), now),
    hover: (rowId, model, now) => rowHover(rowId, model, lostOf(model), now),
  };
}

const END: Readonly<Record<End, { readonly label: string; readonly icon: string }>> = {
  completed: { label: 'completed', icon: 'pass' },
  failed: { label: 'failed', icon: 'error' },
  timedOut: { label: 'timed out', icon: 'watch' },
  cancelled: { label: 'cancelled', icon: 'circle-slash' },
  interrupted: { label: 'interrupted', icon: 'debug-disconnect' },
};

/** What waits for an answer and what runs, then what was interrupted, then what ended within the day. */
function sessionDetails(model: DaemonModel, lost: readonly Session[], now: Instant): Detail[] {
  const { report } = model.track.last!;
  const description = workingText(report, model.track.sample?.ok === true);
  const running = { key: 'sessions', label: 'Sessions', icon: 'terminal', description };
  if (!report.sessions) return [running, ...interruptedDetail(model, lost.filter(isStranded), now)];
  const nowAt = report.daemonNow ?? now.wallAt;
  const live = report.sessions.filter(isLive);
  // A person is to find first what a person holds up.
  const shown = [...report.sessions.filter(isWaiting), ...live];
  // Its daemon may list it, too, as a ductor does a task that it cancelled when it ended.
  const isLost = new Set(lost.map(({ id }) => id));
  const ended = report.sessions
    .filter((session) => endOf(session) !== undefined && !isStranded(session) && !isLost.has(session.id))
    .concat(lost.filter((session) => !isStranded(session)))
    .filter(({ endedAt }) => endedAt === undefined || nowAt - endedAt < ENDED_SHOWN_MS)
    .sort((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0));
  const bad = ended.filter((session) => endOf(session) === 'timedOut' || endOf(session) === 'failed').length;
  const cause = live.some(({ deadlineAt }) => deadlineAt !== undefined) && inhibitedBy(model.track);
  return [
    {
      ...running,
      // VS Code keeps a row closed that once had nothing to open: with something in it, it is another row.
      key: shown.length === 0 ? 'sessions' : 'running',
      description: description + (cause ? ` · countdowns hidden by: ${STATE_LABELS[cause].label}` : ''),
      children: rows(model, shown, 'running', (session) =>
        isWaiting(session) ? waitingRow(model, session) : liveRow(model, session, now),
      ),
      expanded: true,
    },
    ...interruptedDetail(model, [...report.sessions, ...lost].filter(isStranded), now),
    ...(ended.length === 0
      ? []
      : [
          {
            key: 'ended',
            label: 'Ended today',
            description: `${ended.length}${bad > 0 ? ` · ${bad} timed out or failed` : ''}`,
            icon: 'history',
            children: rows(model, ended, 'ended', (session) => endedRow(session, 'ended', now)),
          },
        ]),
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
      icon: 'debug-disconnect',
      severity: 'amber',
      children: rows(model, stranded, INTERRUPTED, (session) => endedRow(session, 'interrupted', now)),
      expanded: true,
    },
  ];
}

const NO_CHILDREN: Row['children'] = [];

type DrawnSession = Drawn<'description' | 'icon' | 'severity' | 'contextValue'>;

function rows(
  { daemon, track }: DaemonModel,
  sessions: readonly Session[],
  group: string,
  draw: (session: Session) => DrawnSession,
): Row[] {
  const parentId = `${daemon.id}#${group}`;
  const { kind } = track.last!.report;
  const shown = sessions.slice(0, MAX_SESSION_ROWS).map((session): Row => {
    const { description, icon, severity, contextValue } = draw(session);
    // By name: copied from the other object, the rows of a hundred sessions cost five times as much.
    return {
      id: sessionRowId(daemon.id, session.id),
      parentId,
      daemonId: daemon.id,
      sessionId: session.id,
      label: session.title,
      description,
      icon,
      severity,
      contextValue: `${contextValue}.${kind}`,
      children: NO_CHILDREN,
    };
  });
  const more = sessions.length - shown.length;
  if (more <= 0) return shown;
  const label = `and ${more} more`;
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

/** Says nothing that changes by the second: a row that did would be written again every second. */
function liveRow({ track }: DaemonModel, session: Session, now: Instant): DrawnSession {
  const { daemonNow } = track.last!.report;
  const { lastActivityAt, extensionsUsed = 0, maxExtensions, requestedExtensions = 0 } = session;
  // Of a daemon that does not answer nobody knows whether its work lives.
  const answers = track.sample?.ok === true;
  const leftMs = answers ? timeLeftMs(session, track, now) : undefined;
  const isActivityTold = answers && lastActivityAt !== undefined && daemonNow !== undefined;
  const isNear = leftMs !== undefined && leftMs <= COUNTDOWN_FIRST_MS;
  return {
    description: inOneLine(
      role(session),
      doing(session, answers),
      leftMs !== undefined && coarseTimeLeft(leftMs),
      extensionsUsed > 0 &&
        `extended ${extensionsUsed}${maxExtensions === undefined ? '' : ` of ${maxExtensions}`}`,
      requestedExtensions > 0 && `${requestedExtensions} × on request`,
      session.recovered && `resumed, run ${session.attempt ?? 2}`,
      isActivityTold && `active ${coarseAge(daemonNow - lastActivityAt)} ago`,
      what(session),
    ),
    icon: !answers ? 'question' : isNear ? 'watch' : 'play-circle',
    severity: isNear ? 'amber' : 'plain',
    contextValue: 'session.running',
  };
}

function waitingRow({ track }: DaemonModel, session: Session): DrawnSession {
  const answers = track.sample?.ok === true;
  return {
    description: questionText(session, answers),
    icon: answers ? 'comment-discussion' : 'question',
    severity: answers ? 'amber' : 'plain',
    contextValue: 'session.waiting',
  };
}

function endedRow(session: Session, group: 'ended' | 'interrupted', now: Instant): DrawnSession {
  const at = session.endedAt === undefined ? '' : ` ${clockTime(session.endedAt, now.wallAt)}`;
  const end = endOf(session) ?? 'completed';
  const assumed = session.endAssumed ? ' (assumed)' : '';
  // What became of it was decided already: it cannot be run from here a second time.
  const isHandled = group === 'ended' && end === 'interrupted';
  const isResumable = session.kind === 'named' || canGoOn(session);
  const kind = isHandled ? 'handled' : isResumable ? 'named' : 'foreground';
  return {
    description: inOneLine(role(session), `${END[end].label}${assumed}${at}`, what(session)),
    icon: END[end].icon,
    severity: end === 'timedOut' || group === 'interrupted' ? 'amber' : 'plain',
    contextValue: `session.${group}.${kind}`,
  };
}

function doing({ stopping, status }: Session, answers: boolean): string | false {
  if (!answers) return `was ${status}`;
  return stopping === undefined ? status !== 'running' && status : `ending: ${stopping}`;
}

/** The command, where the title is not that already. */
function what({ title, command }: Session): string | false | undefined {
  return command !== title && command;
}

/** What the agent is, where the title does not say that. */
function role({ title, role: is }: Session): string | false | undefined {
  return is !== title && is;
}

function inOneLine(...parts: readonly (string | false | undefined)[]): string {
  return joined(parts, ' · ');
}

function rowHover(
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
        `${duration(Math.max(0, leftMs))} left${session.deadlineAssumed ? ' (its limit is assumed)' : ''}`,
      timeoutMs !== undefined &&
        `Limit ${duration(timeoutMs)}${maxExtensions === undefined ? '' : `, ${extensionsUsed} of ${maxExtensions} extensions`}`,
      isActive && `Active ${duration(daemonNow - lastActivityAt)} before the last answer`,
      time(isStranded(session) ? 'Last seen' : 'Ended', session.endedAt),
      outcome !== undefined && capitalise(outcome),
      session.wasLost && 'The session ran when its daemon restarted, and was not seen since',
    ],
    '\n',
  );
}
