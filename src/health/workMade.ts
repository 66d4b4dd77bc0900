import type { LastSaid, OldInstance } from './proof';
import type { Report, Session } from './report';
import { endOf, isLive, isStranded } from './sessions';

/** What a new instance made of the work of the old one. The core tells it with `restarted`, and nobody else does. */
export interface WorkMade {
  readonly resumed: number;
  /** What waits for somebody to run it again. */
  readonly interrupted: number;
}

/** A daemon that began a new life while we looked on, or since. */
export interface Restarted extends WorkMade {
  readonly kind: 'restart' | 'reboot';
  /** How long the life before lasted, in ms; `undefined` where the daemon does not tell. */
  readonly wasUpMs?: number;
  /** How long ago that was, in ms; `undefined` where the daemon does not tell. */
  readonly agoMs?: number;
  /** The number of this restart among those of the last `CRASH_LOOP_MS`, where they are a crash loop. */
  readonly nth?: number;
  /** It does not name its lives: see `isNewLifeOfSmithy`. */
  readonly isInferred: boolean;
  /** What ran and is not there any more, of a daemon that does not tell what it interrupted. */
  readonly lost: readonly Session[];
}

/** What the answer of a new instance says about the work of the old one. */
export function workMade({ report: before, sessions }: OldInstance, after: Report): Restarted {
  const isNamed = after.instance?.id !== undefined;
  const { startKind, previousUpMs, startedAt } = after.instance ?? {};
  return {
    kind: startKind === 'reboot' || isOtherBoot(before.instance, after.instance) ? 'reboot' : 'restart',
    ...(previousUpMs !== undefined && { wasUpMs: previousUpMs }),
    ...(startedAt !== undefined &&
      after.daemonNow !== undefined && { agoMs: Math.max(0, after.daemonNow - startedAt) }),
    isInferred: !isNamed,
    ...(after.traits.remembersInterrupted
      ? { ...(after.recovery ?? comparedById(sessions, after)), lost: [] }
      : lostOf(sessions, before, after)),
  };
}

/** Whether two lives are of two boots. An unknown boot is empty, and on Windows ductor names one by either of two minutes. */
export function isOtherBoot(before: LastSaid['instance'], after: LastSaid['instance']): boolean {
  const [{ bootId: one = '' } = {}, { bootId: other = '' } = {}] = [before, after];
  if (one === '' || other === '' || one === other) return false;
  const [a, b] = [one, other].map((id) => Number(/^win-(\d+)$/.exec(id)?.[1]));
  return !(Math.abs(a! - b!) <= 1);
}

/** For a daemon that remembers what a restart interrupted, and does not count it. */
function comparedById(before: readonly Session[], after: Report): { resumed: number; interrupted: number } {
  const now = new Map(after.sessions?.map((session) => [session.id, session]));
  let resumed = 0;
  let interrupted = 0;
  for (const { id } of before.filter(isLive)) {
    const session = now.get(id);
    if (session && isStranded(session)) interrupted++;
    // What waits for a worker is not listed: it is to be run again.
    else if (!session || isLive(session)) resumed++;
  }
  return { resumed, interrupted };
}

function lostOf(
  sessions: readonly Session[],
  before: LastSaid,
  after: Report,
): Pick<Restarted, 'resumed' | 'interrupted' | 'lost'> {
  // What was being ended has ended.
  const ran = sessions.filter((session) => isLive(session) && session.status !== 'terminating');
  let resumed = 0;
  const lost: Session[] = [];
  for (const session of ran) {
    const found = (after.sessions ?? []).find((other) => goesOn(session, other));
    if (!found) lost.push({ ...interruptedAt(session, before.daemonNow), wasLost: true });
    else if (wasCutShort(found)) lost.push(interruptedAt(session, found.endedAt ?? before.daemonNow));
    else if (endOf(found) === undefined) resumed++;
  }
  return { resumed, interrupted: lost.length, lost };
}

/**
 * Of what ran when its daemon was last seen before its end, whether the daemon itself lists that it was ended with it: a
 * ductor cancels its background tasks when it ends in good order, and says so of one that it finds unfinished.
 */
function wasCutShort(session: Session): boolean {
  const end = endOf(session);
  return end === 'interrupted' || end === 'cancelled';
}

function interruptedAt(session: Session, lastSeenAt: number | undefined): Session {
  const { deadlineAt: _deadline, deadlineAssumed: _assumed, timeoutMs: _timeout, ...rest } = session;
  return { ...rest, status: 'interrupted', ...(lastSeenAt !== undefined && { endedAt: lastSeenAt }) };
}

/** Whether lost work is not lost any more: it goes on, or its daemon lists another end of it than the one that lost it. */
export function isFound(lost: Session, other: Session): boolean {
  return goesOn(lost, other) && !wasCutShort(other);
}

/** Whether the other session is this work resumed: the same conversation, or the same agent at work again. */
function goesOn(lost: Session, other: Session): boolean {
  if (other.id === lost.id) return true;
  if (lost.providerSessionId !== undefined && other.providerSessionId === lost.providerSessionId) return true;
  return lost.agentId !== undefined && other.agentId === lost.agentId && isLive(other);
}
