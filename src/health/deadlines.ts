import { isEnding } from './ending';
import type { Report, Session } from './report';
import { isGone } from './instances';
import {
  CLOCK_JITTER_MS,
  COUNTDOWN_FIRST_MS,
  COUNTDOWN_LEAD_MS,
  COUNTDOWN_POLL_INTERVAL_MS,
  DEADLINE_MOVED_MS,
  DEADLINE_WATCH_MS,
  MIN_POLL_INTERVAL_MS,
} from './policy';
import type { Instant } from '../base/time';
import { endOf, isLive } from './sessions';
import type { Track } from './trackState';
import { STATES, toldState, type DaemonState } from './states';

/**
 * The stages of a session before its deadline. They come from the deadline itself: no daemon delivers its
 * warnings reliably. Deadlines are measured on the daemon's own clock and kept on our monotonic one, so neither
 * a skewed nor a jumping wall clock moves them.
 */
export type Stage = 'soon' | 'last' | 'due' | 'extended';

export interface Extension {
  readonly byMs: number;
  /** Monotonic ms when it was seen. */
  readonly seenMs: number;
  /** Which of how many; `undefined` where somebody asked for it. */
  readonly used?: number;
  readonly max?: number;
}

/** One running session and when it will be ended. */
export interface Watched {
  readonly session: Session;
  /** Monotonic ms. */
  readonly dueMs: number;
  readonly extension?: Extension;
}

/** What is remembered of the deadlines of one daemon. */
export interface KnownDeadlines {
  readonly canExtend: boolean;
  /** As its traits say. */
  readonly extendsOnActivityWithinMs?: number;
  readonly answer: NonNullable<Track['last']>;
  readonly instanceId: string | undefined;
  readonly isInhibited: boolean;
  /** Nobody answered since then. */
  readonly wasGone: boolean;
  readonly watched: ReadonlyMap<string, Watched>;
  /** Ids of the sessions whose time-out has been told, or was there before we looked. */
  readonly timedOut: ReadonlySet<string>;
}

/** A session that its deadline has ended; told once. */
export interface TimedOut {
  readonly session: Session;
  /** It was there until its deadline and then gone: the daemon itself did not say why. */
  readonly isInferred: boolean;
}

/** The state that silences countdowns, as their cause or because nothing is ended while it lasts. */
export function inhibitedBy({ verdict, last }: Track): DaemonState | undefined {
  const { silencesCountdowns } = STATES[verdict.state];
  // A part of it may be unavailable, as a sub-agent of ductor's, while its work goes on and is ended at its deadline.
  if (silencesCountdowns === 'unlessRunning' && last?.report.isRunning) return undefined;
  // What it ran before is not told any more, and what it goes on with not yet.
  if (last?.report.starting) return 'starting';
  return silencesCountdowns === 'never' ? undefined : toldState(verdict);
}

/** How long until the daemon ends this session, in ms; `undefined` where no deadline is known. */
export function timeLeftMs(session: Session, track: Track, now: Instant): number | undefined {
  const dueMs = track.last && dueAt(session, track.last);
  return dueMs === undefined ? undefined : dueMs - now.monotonicMs;
}

function dueAt({ deadlineAt }: Session, answer: NonNullable<Track['last']>): number | undefined {
  const offsetMs = clockOffsetMs(answer);
  return deadlineAt === undefined || offsetMs === undefined ? undefined : deadlineAt + offsetMs;
}

/**
 * The deadlines after one more step of the daemon, and which sessions have timed out since the last one.
 * Silent about what had timed out before this window first saw the daemon; while a daemon's countdowns are
 * inhibited nothing is told, and what happened meanwhile is told afterwards.
 */
export function advanceDeadlines(
  known: KnownDeadlines | undefined,
  track: Track,
  now: Instant,
): { readonly deadlines: KnownDeadlines | undefined; readonly timedOut: readonly TimedOut[] } {
  if (!track.last) return { deadlines: undefined, timedOut: [] };
  const isInhibited = inhibitedBy(track) !== undefined;
  if (!known && !track.last.report.sessions) return { deadlines: undefined, timedOut: [] };
  // An answer that does not tell of its work says nothing about what was known of it.
  if (known && (isInhibited || known.answer === track.last || !track.last.report.sessions)) {
    const wasGone = known.wasGone || isGone(track);
    const isSame = known.isInhibited === isInhibited && known.wasGone === wasGone;
    return { deadlines: isSame ? known : { ...known, isInhibited, wasGone }, timedOut: [] };
  }
  return learn(known, track.last, { isInhibited, isEnding: isEnding(track, now) }, now);
}

function clockOffsetMs({ report, at }: NonNullable<Track['last']>): number | undefined {
  return report.daemonNow === undefined ? undefined : at.monotonicMs - report.daemonNow;
}

function learn(
  known: KnownDeadlines | undefined,
  answer: NonNullable<Track['last']>,
  state: { readonly isInhibited: boolean; readonly isEnding: boolean },
  now: Instant,
): { deadlines: KnownDeadlines; timedOut: TimedOut[] } {
  const { report } = answer;
  const sessions = report.sessions ?? [];
  const { extendsOnActivityWithinMs: activeMs } = report.traits;
  const watched = new Map<string, Watched>();
  const over = new Set(known?.timedOut);
  const timedOut: TimedOut[] = [];
  for (const session of sessions) {
    const dueMs = isLive(session) ? dueAt(session, answer) : undefined;
    // It may run again, and time out again.
    if (isLive(session)) over.delete(session.id);
    if (dueMs !== undefined)
      watched.set(session.id, watch(known?.watched.get(session.id), session, dueMs, now));
    if (endOf(session) !== 'timedOut') continue;
    over.add(session.id);
    if (known && !known.timedOut.has(session.id)) {
      timedOut.push({ session, isInferred: false });
    }
  }
  // What a daemon ran until it went away was not ended by its deadline.
  const isSameLife = known !== undefined && known.instanceId === report.instance?.id && !known.wasGone;
  if (isSameLife && !state.isEnding && report.sessions) {
    const listed = new Set(sessions.map(({ id }) => id));
    for (const [id, each] of known.watched) {
      // smithy forgets an ended session after 5 s: between two slow polls the session is gone without a word.
      if (listed.has(id) || known.timedOut.has(id) || !isEndUntold(each.session, report)) continue;
      if (isMaybeThere(each.session, report)) watched.set(id, each);
      else if (now.monotonicMs >= each.dueMs) {
        over.add(id);
        timedOut.push({ session: timedOutAt(each.session, report.daemonNow), isInferred: true });
      }
    }
  }
  return {
    deadlines: {
      canExtend: report.traits.extendsOnRequest,
      ...(activeMs !== undefined && { extendsOnActivityWithinMs: activeMs }),
      answer,
      instanceId: report.instance?.id,
      isInhibited: state.isInhibited,
      wasGone: false,
      watched,
      timedOut: over,
    },
    timedOut,
  };
}

function isEndUntold({ endUntold }: Session, { traits }: Report): boolean {
  return endUntold === true || !traits.listsEndedSessions;
}

/** Part of its work is not known for now, which the session may belong to. */
function isMaybeThere({ endUntold }: Session, { unknownWork: unknown }: Report): boolean {
  return endUntold === true && unknown !== undefined && (unknown.turns || unknown.subAgents.length > 0);
}

function timedOutAt(session: Session, endedAt: number | undefined): Session {
  return { ...session, status: 'timed-out', endAssumed: true, ...(endedAt !== undefined && { endedAt }) };
}

function watch(before: Watched | undefined, session: Session, dueMs: number, now: Instant): Watched {
  if (!before || isAnotherRun(before.session, session)) return { session, dueMs };
  const byMs = dueMs - before.dueMs;
  const used = (session.extensionsUsed ?? 0) > (before.session.extensionsUsed ?? 0);
  const asked = (session.requestedExtensions ?? 0) > (before.session.requestedExtensions ?? 0);
  const isMove = used || asked ? byMs > 0 : byMs > DEADLINE_MOVED_MS;
  if (!isMove) {
    // Else the seconds would jump to and fro with each answer.
    const keptMs = Math.abs(byMs) <= CLOCK_JITTER_MS ? before.dueMs : dueMs;
    return { session, dueMs: keptMs, ...(before.extension && { extension: before.extension }) };
  }
  const isInSight = before.dueMs - now.monotonicMs <= COUNTDOWN_FIRST_MS;
  if (!isInSight) return { session, dueMs };
  return {
    session,
    dueMs,
    extension: {
      byMs,
      seenMs: now.monotonicMs,
      ...(used && session.extensionsUsed !== undefined && { used: session.extensionsUsed }),
      ...(used && session.maxExtensions !== undefined && { max: session.maxExtensions }),
    },
  };
}

/** Whether a daemon that came back runs it again: then its time begins anew, and nobody gave it more. */
function isAnotherRun(before: Session, { attempt = 0, startedAt = -Infinity }: Session): boolean {
  const isLater = startedAt - (before.startedAt ?? Infinity) > DEADLINE_MOVED_MS;
  return isLater || attempt > (before.attempt ?? Infinity);
}

/**
 * How soon a daemon wants to be asked because of its deadlines, in ms: just before a countdown opens, steadily
 * while it runs, at the deadline itself, and every second until what comes of it is known.
 */
export function untilDeadlinePollMs(track: Track, now: Instant): number | undefined {
  if (!track.last || track.sample?.ok !== true || inhibitedBy(track) !== undefined) return undefined;
  let soonestMs = Infinity;
  for (const session of track.last.report.sessions ?? []) {
    const leftMs = isLive(session) ? timeLeftMs(session, track, now) : undefined;
    if (leftMs === undefined || leftMs <= -DEADLINE_WATCH_MS) continue;
    const opensInMs = leftMs - COUNTDOWN_FIRST_MS - COUNTDOWN_LEAD_MS;
    soonestMs = Math.min(
      soonestMs,
      leftMs <= 0
        ? MIN_POLL_INTERVAL_MS
        : opensInMs > 0
          ? opensInMs
          : Math.min(leftMs, COUNTDOWN_POLL_INTERVAL_MS),
    );
  }
  return soonestMs === Infinity ? undefined : soonestMs;
}
