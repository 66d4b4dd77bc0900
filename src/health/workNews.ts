import type { Instant } from '../base/time';
import { isAnotherDaemon } from './instances';
import { LONG_WORK_MS, MAX_KNOWN_ENDS } from './policy';
import type { Report, Session } from './report';
import { endTold, isLive, isWaiting } from './sessions';
import type { Track } from './trackState';

/** What is remembered of the work of one daemon, to know what of it is news. */
export interface KnownWork {
  readonly answer: NonNullable<Track['last']>;
  /** When this window first heard of the work, on the daemon's clock: what ended before is for who asks what happened. */
  readonly sinceAt: number | undefined;
  /** The ids of what ran in the last answer that told; true for what was being ended. */
  readonly ran: ReadonlyMap<string, boolean>;
  /** Each end that is no news any more. */
  readonly ends: ReadonlySet<string>;
  /** The question of each work that is out, by its id: also of what an answer left out. */
  readonly questions: ReadonlyMap<string, string>;
  /** Each question after which its work went on. */
  readonly answered: ReadonlySet<string>;
}

/** Work that ended by itself, as its daemon says. */
export interface WorkEnd {
  readonly session: Session;
  readonly end: 'completed' | 'failed';
  /** `undefined` where the daemon does not tell. */
  readonly ranMs?: number;
  /** Monotonic ms. */
  readonly endedMs: number;
}

export type WorkEvent =
  | ({ readonly kind: 'ended' } & WorkEnd)
  /** It goes on once a person has answered. @property isAgain it asked the same before, and went on */
  | { readonly kind: 'waits'; readonly session: Session; readonly isAgain?: boolean };

/** Which work that finished the user wants to be told of: `longOrAway` is what nobody saw finish, or had to wait for. */
export type FinishedWish = 'longOrAway' | 'long' | 'always' | 'never';

/** The work of a daemon after one more step, and what of it is news. Each end and each question is news once. */
export function advanceWork(
  known: KnownWork | undefined,
  track: Track,
  now: Instant,
): { readonly work: KnownWork | undefined; readonly events: readonly WorkEvent[] } {
  const { last } = track;
  // An answer that does not tell of its work says nothing about what was known of the work.
  if (!last?.report.sessions || known?.answer === last) return { work: known, events: [] };
  const before = known && !isAnotherDaemon(known.answer.report, last.report) ? known : undefined;
  const { sessions, daemonNow } = last.report;
  const events: WorkEvent[] = [];
  const ran = new Map<string, boolean>();
  const ends = new Set(before?.ends);
  const questions = new Map(before?.questions);
  const answered = new Set(before?.answered);
  for (const session of sessions) {
    if (isLive(session)) {
      ran.set(session.id, isBeingEnded(session));
      // Where its daemon tells no time of an end, the next one has the same key.
      ends.delete(endKey(session));
    }
    const asked = questions.get(session.id);
    const asks = isWaiting(session) ? questionKey(session) : undefined;
    if (asked !== undefined && asked !== asks) {
      answered.add(asked);
      questions.delete(session.id);
    }
    if (asks !== undefined && asked !== asks) {
      questions.set(session.id, asks);
      events.push({ kind: 'waits', session, ...(answered.has(asks) && { isAgain: true }) });
    }
    const end = endTold(session);
    if (end === undefined) continue;
    const key = endKey(session);
    const isNews = before !== undefined && !ends.has(key) && isSince(before, session);
    ends.add(key);
    if (!isNews || (end !== 'completed' && end !== 'failed')) continue;
    // Who had it ended knows.
    if (end === 'failed' && before.ran.get(session.id) === true) continue;
    events.push({ kind: 'ended', ...workEnd(session, end, last, now) });
  }
  return {
    work: {
      answer: last,
      sinceAt: before ? before.sinceAt : daemonNow,
      ran,
      ends: newestOf(ends),
      questions: questions.size > MAX_KNOWN_ENDS ? new Map([...questions].slice(-MAX_KNOWN_ENDS)) : questions,
      answered: newestOf(answered),
    },
    events,
  };
}

function newestOf(keys: ReadonlySet<string>): ReadonlySet<string> {
  return keys.size > MAX_KNOWN_ENDS ? new Set([...keys].slice(-MAX_KNOWN_ENDS)) : keys;
}

/** Whether it ran, or ended, since this window looks. */
function isSince({ ran, sinceAt = Infinity }: KnownWork, { id, endedAt = -Infinity }: Session): boolean {
  return ran.has(id) || endedAt >= sinceAt;
}

function isBeingEnded({ status, stopping }: Session): boolean {
  return status === 'terminating' || stopping !== undefined;
}

/** Work that is gone on with may end twice. */
export function endKey({ id, endedAt }: Session): string {
  return `${id} ${endedAt ?? ''}`;
}

/** Work may ask again, also in the same words, and also within one poll. */
export function questionKey({ id, question = '', questionCount }: Session): string {
  return `${id} ${questionCount ?? ''} ${question}`;
}

function workEnd(
  session: Session,
  end: WorkEnd['end'],
  { report, at }: NonNullable<Track['last']>,
  now: Instant,
): WorkEnd {
  const { endedAt } = session;
  const beganAt = session.startedAt ?? session.createdAt;
  const agoMs = endedAt === undefined || report.daemonNow === undefined ? 0 : report.daemonNow - endedAt;
  return {
    session,
    end,
    ...(beganAt !== undefined && endedAt !== undefined && { ranMs: Math.max(0, endedAt - beganAt) }),
    endedMs: Math.min(now.monotonicMs, at.monotonicMs - agoMs),
  };
}

/**
 * Whether an end is worth a message: a failure always; of what finished what took long, or what nobody saw.
 *
 * @param focusedSinceMs monotonic ms since when the window has the focus; `undefined` where it has not
 */
export function isEndWorthTelling(
  { end, ranMs = 0, endedMs }: WorkEnd,
  focusedSinceMs: number | undefined,
  wish: FinishedWish,
): boolean {
  if (end === 'failed' || wish === 'always') return true;
  if (wish === 'never') return false;
  const isSeen = focusedSinceMs !== undefined && focusedSinceMs <= endedMs;
  return ranMs > LONG_WORK_MS || (wish === 'longOrAway' && !isSeen);
}

/** Whether the question that a session has put is still out, as far as its daemon told last. */
export function isAsking(report: Report | undefined, asked: Session): boolean {
  return (
    report !== undefined && waitingOf(report).some((session) => questionKey(session) === questionKey(asked))
  );
}

/** The work that waits for a person, as far as the daemon tells. */
export function waitingOf({ sessions = [] }: Pick<Report, 'sessions'>): readonly Session[] {
  return sessions.filter(isWaiting);
}
