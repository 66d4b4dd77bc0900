import { isToday, type Instant } from '../../base/time';
import { timeLeftMs } from '../../health/deadlines';
import { ENDED_SHOWN_MS, MAX_SESSION_ROWS } from '../../health/policy';
import type { Session } from '../../health/report';
import { endOf, isLive, isStranded, isWaiting } from '../../health/sessions';
import type { DaemonModel } from '../../model/daemonModel';
import { nextTimeLeftMs } from '../../words/work';
import { endedRow, liveRow, waitingRow, type DrawnSession } from './liveAndEndedRows';
import { aside, type Detail, type Row } from './row';
import { KeptRows } from './keptRows';
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
  const kept = new KeptRows();
  return {
    groups: (model, parentId, now) => sessionGroups({ model, kept, now }, lostOf(model), parentId),
    hover: (rowId, model, now) => sessionRowHover(rowId, model, lostOf(model), now),
    nextChangeMs,
  };
}

/** What the rows of one daemon are drawn from, besides its sessions. */
interface Drawing {
  readonly model: DaemonModel;
  readonly kept: KeptRows;
  readonly now: Instant;
}

function sessionGroups(drawing: Drawing, lost: readonly Session[], parentId: string): SessionGroups {
  const { model, now } = drawing;
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
    live: rows(drawing, shown, parentId, (session) =>
      isWaiting(session) ? waitingRow(model) : liveRow(model, session, now),
    ),
    interrupted: interruptedDetail(drawing, [...sessions, ...lost].filter(isStranded)),
    ended: endedDetail(drawing, ended),
  };
}

function endedDetail(drawing: Drawing, ended: readonly Session[]): Detail[] {
  if (ended.length === 0) return [];
  const bad = ended.filter((session) => endOf(session) === 'timedOut' || endOf(session) === 'failed').length;
  const { wallAt } = drawing.now;
  const isAllToday = ended.every(({ endedAt = wallAt }) => isToday(endedAt, wallAt));
  return [
    {
      key: 'ended',
      label: isAllToday ? 'Ended today' : 'Ended lately',
      description: [
        ...(bad < ended.length ? [`${ended.length}`] : []),
        ...(bad > 0 ? [`${bad} timed out or failed`] : []),
      ].join(' · '),
      icon: 'history',
      children: rows(drawing, ended, `${drawing.model.daemon.id}#ended`, (session) =>
        endedRow(session, 'ended', drawing.now),
      ),
    },
  ];
}

function interruptedDetail(drawing: Drawing, stranded: readonly Session[]): Detail[] {
  if (stranded.length === 0) return [];
  const { model, now } = drawing;
  // A daemon that remembers what was interrupted has resumed already what it can; any other may still do so.
  const waits = model.track.last!.report.traits.remembersInterrupted ? 'to run again' : 'not resumed';
  return [
    {
      key: INTERRUPTED,
      label: 'Interrupted',
      description: `${stranded.length} ${waits}`,
      icon: 'stop-circle',
      severity: 'amber',
      children: rows(drawing, stranded, `${model.daemon.id}#${INTERRUPTED}`, (session) =>
        endedRow(session, 'interrupted', now),
      ),
      expanded: true,
    },
  ];
}

const NO_CHILDREN: Row['children'] = [];
const SHOWS_OUTPUT = { shows: 'output' } as const;

function rows(
  { model: { daemon, track }, kept }: Drawing,
  sessions: readonly Session[],
  parentId: string,
  draw: (session: Session) => DrawnSession,
): Row[] {
  const { kind, traits } = track.last!.report;
  const output = traits.extendsOnRequest && track.sample?.ok === true ? SHOWS_OUTPUT : undefined;
  const shown = sessions.slice(0, MAX_SESSION_ROWS).map((session): Row => {
    const { figure, more, lately, icon, severity, contextValue } = draw(session);
    const says = {
      figure,
      lately,
      icon,
      severity,
      contextValue: `${contextValue}.${kind}`,
      parentId,
      ...output,
    };
    // By name: copied from the other object, the rows of a hundred sessions cost five times as much.
    return kept.row(session, says, () => ({
      id: sessionRowId(daemon.id, session.id),
      parentId,
      daemonId: daemon.id,
      sessionId: session.id,
      label: `${figure} · ${session.title}`,
      description: aside(role(session), ...(more?.(session) ?? []), lately),
      icon,
      severity,
      contextValue: says.contextValue,
      children: NO_CHILDREN,
      ...output,
    }));
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

function nextChangeMs({ track }: DaemonModel, now: Instant): number | undefined {
  if (track.sample?.ok !== true) return undefined;
  let nearestMs = Infinity;
  for (const session of track.last?.report.sessions ?? []) {
    const leftMs = isLive(session) ? timeLeftMs(session, track, now) : undefined;
    if (leftMs !== undefined && leftMs > 0) nearestMs = Math.min(nearestMs, nextTimeLeftMs(leftMs));
  }
  return nearestMs === Infinity ? undefined : nearestMs;
}

/** What the agent is, where the title does not say that. */
function role({ title, role: is }: Session): string | false | undefined {
  return is !== title && is;
}
