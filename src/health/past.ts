import { unseenIn, type Away } from './away';
import type { History, Span } from './history';
import type { Entry, Life, Phase } from './incidentLog';
import { indexed, type OfDaemon } from './logIndex';
import { laneOf, type LanePart } from './lane';
import { incidentsIn, type LoggedIncident } from './loggedIncidents';
import type { DaemonId, Session } from './report';
import { endOf, endTold, isLive, isStranded, isWaiting, type End } from './sessions';
import type { Track } from './trackState';

/** A daemon, as far as its past goes. */
export interface PastSource {
  readonly daemonId: DaemonId;
  readonly name: string;
  readonly track: Track;
  readonly history: History | undefined;
  /** Work that its restarts interrupted and that the daemon itself does not list. */
  readonly lost: readonly Session[];
  /** Work that ended and that it remembers, but does not list any more. */
  readonly told?: readonly Session[];
}

/** One session in time, by our clock in epoch ms. */
export interface SessionPast {
  readonly session: Session;
  readonly fromAt: number;
  /** `undefined` while it runs, and where its end is not known. */
  readonly endedAt: number | undefined;
  readonly deadlineAt: number | undefined;
  /** Its limit as it began; extensions move the deadline on from there. */
  readonly limitAt: number | undefined;
  /** How often it was extended. */
  readonly extensions: number;
  readonly end: End | undefined;
  readonly isLive: boolean;
  /** It waits for somebody: to be run again, or for an answer. */
  readonly waits: boolean;
}

export interface DaemonPast {
  readonly daemonId: DaemonId;
  readonly name: string;
  readonly lane: readonly LanePart[];
  /** The newest first. */
  readonly sessions: readonly SessionPast[];
  /** It listed its sessions, or it is a fleet, which has none. */
  readonly isWorkTold: boolean;
}

/** All that is known of a time, of all daemons. */
export interface Past {
  readonly sinceAt: number;
  readonly nowAt: number;
  /** Somebody was away, and the time is that since. */
  readonly away: Away | undefined;
  readonly daemons: readonly DaemonPast[];
  /** The newest first. */
  readonly incidents: readonly LoggedIncident[];
  /** New lives that ended no incident, the newest first. */
  readonly lives: readonly Life[];
}

/** What happened between two moments. */
export function pastOf(
  sources: readonly PastSource[],
  log: readonly Entry[],
  { sinceAt, nowAt, away }: Pick<Past, 'sinceAt' | 'nowAt' | 'away'>,
): Past {
  const byDaemon = indexed(log);
  const incidents = incidentsIn(log).filter(({ endedAt, seenAt }) => (endedAt ?? seenAt) >= sinceAt);
  const ending = new Set(incidents.map(({ endedBy }) => endedBy));
  return {
    sinceAt,
    nowAt,
    away,
    daemons: sources.map((source) => daemonPast(source, byDaemon.get(source.daemonId), sinceAt, nowAt)),
    incidents,
    lives: log
      .filter((entry) => entry.is === 'life')
      .filter((life) => life.at >= sinceAt && life.at <= nowAt && !ending.has(life))
      .sort((one, other) => other.at - one.at),
  };
}

function daemonPast(
  source: PastSource,
  own: OfDaemon | undefined,
  sinceAt: number,
  nowAt: number,
): DaemonPast {
  const { daemonId, name, track, history, lost, told = [] } = source;
  const known = {
    spans: untilNow(history, nowAt),
    phases: (own?.phases ?? []).map((phase) =>
      isNow(phase, track) ? { ...phase, seenAt: Math.max(phase.seenAt, nowAt) } : phase,
    ),
    watches: own?.watches ?? [],
  };
  const report = track.last?.report;
  const aheadMs = report?.daemonNow === undefined ? 0 : report.daemonNow - track.last!.at.wallAt;
  const listed = new Set(report?.sessions?.map(({ id }) => id));
  const sessions = [...(report?.sessions ?? []), ...lost.filter(({ id }) => !listed.has(id))];
  const named = new Set(sessions.map(({ id }) => id));
  const remembered = told.filter(({ id }) => !named.has(id));
  return {
    daemonId,
    name,
    lane: laneOf(known, sinceAt, nowAt),
    sessions: [
      ...sessions.flatMap((session) => sessionPast(session, aheadMs, endOf)),
      ...remembered.flatMap((session) => sessionPast(session, aheadMs, endTold)),
    ]
      .filter(
        ({ endedAt, isLive: runs, waits, fromAt }) =>
          (runs || waits || (endedAt ?? fromAt) >= sinceAt) && fromAt <= nowAt,
      )
      .sort((one, other) => other.fromAt - one.fromAt),
    isWorkTold: report?.sessions !== undefined || report?.progress.kind === 'fleet',
  };
}

/** This window watches: its last look was moments ago, and the next one comes. */
function untilNow(history: History | undefined, nowAt: number): readonly Span[] {
  const last = history?.spans.at(-1);
  if (!history?.lookedAt || !last) return history?.spans ?? [];
  return [...history.spans.slice(0, -1), { ...last, toAt: Math.max(last.toAt, nowAt) }];
}

/** Whether a phase goes on, as this window sees. */
function isNow({ state, endedAt }: Phase, { verdict, samples }: Track): boolean {
  return endedAt === undefined && samples > 0 && verdict.state === state;
}

/**
 * @param aheadMs by how much the daemon's clock runs ahead of ours
 * @param endOfIt how it ended: what nobody watched is not concluded
 */
function sessionPast(session: Session, aheadMs: number, endOfIt: typeof endOf): SessionPast[] {
  const beganAt = session.startedAt ?? session.createdAt ?? session.endedAt;
  if (beganAt === undefined) return [];
  const ours = (at: number | undefined) => (at === undefined ? undefined : at - aheadMs);
  return [
    {
      session,
      fromAt: beganAt - aheadMs,
      endedAt: ours(session.endedAt),
      deadlineAt: ours(session.deadlineAt),
      limitAt: ours(limitOf(session)),
      extensions: (session.extensionsUsed ?? 0) + (session.requestedExtensions ?? 0),
      end: endOfIt(session),
      isLive: isLive(session),
      waits: isStranded(session) || isWaiting(session),
    },
  ];
}

/** By the daemon's clock. One that was started again may tell when it first began: its deadline is the limit then. */
function limitOf({ startedAt, timeoutMs, deadlineAt = Infinity }: Session): number | undefined {
  const at = Math.min(
    startedAt === undefined || timeoutMs === undefined ? Infinity : startedAt + timeoutMs,
    deadlineAt,
  );
  return Number.isFinite(at) ? at : undefined;
}

/** How many sessions ended how, since the begin of a past. @param untilAt epoch ms */
export function endsIn({ daemons, sinceAt }: Past, untilAt = Infinity): Readonly<Record<End, number>> {
  const counts = { completed: 0, failed: 0, timedOut: 0, cancelled: 0, interrupted: 0 };
  for (const { end, endedAt = -Infinity } of daemons.flatMap(({ sessions }) => sessions)) {
    if (end !== undefined && endedAt >= sinceAt && endedAt <= untilAt) counts[end]++;
  }
  return counts;
}

/** How long no window watched any of the daemons. */
export function notWatchedMs({ daemons, sinceAt, nowAt }: Past): number {
  const unwatched = daemons.map(({ lane }) =>
    lane.reduce((sum, { state, fromAt, toAt }) => sum + (state === 'notWatched' ? toAt - fromAt : 0), 0),
  );
  return daemons.length === 0 ? nowAt - sinceAt : Math.max(...unwatched);
}

/** How many things happened while nobody looked. */
export function newsIn(
  sources: readonly PastSource[],
  log: readonly Entry[],
  away: Away | undefined,
): number {
  const counts = unseenIn(away).map(({ leftAt, backAt }) => {
    const past = pastOf(sources, log, { sinceAt: leftAt, nowAt: backAt, away });
    const { failed, timedOut, interrupted } = endsIn(past, backAt);
    const began = past.incidents.filter(({ fromAt }) => fromAt >= leftAt && fromAt <= backAt);
    return began.length + past.lives.length + failed + timedOut + interrupted;
  });
  return counts.reduce((sum, count) => sum + count, 0);
}
