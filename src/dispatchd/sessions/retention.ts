import {
  KEEP_FINISHED_MS,
  KEEP_INTERRUPTED_MS,
  LIST_AT_LEAST_MS,
  MAX_FINISHED_SESSIONS,
  MAX_INTERRUPTED_SESSIONS,
} from '../policy';
import { isFinished, type Session } from './session';

/** This life of the daemon. */
export interface Listing {
  readonly instanceId: string;
  /** How long it has listed what it found at its start, on the monotonic clock. */
  readonly upMs: number;
}

/**
 * The sessions that may be forgotten: finished ones after a day or when there are too many, oldest first. What
 * waits for somebody (interrupted) stays until it was listed to somebody with the token, and a week from when it was
 * found; the last turn of each name, which a follow-up builds on, a week from its end.
 *
 * Nobody may have been there since an earlier life wrote these times, and the clock may be wrong. So nothing is
 * forgotten by age before this life has listed it for a day, and what waits is never forgotten by the life that
 * found it.
 */
export function expiredSessions(
  sessions: readonly Session[],
  nowMs: number,
  { instanceId, upMs }: Listing = { instanceId: '', upMs: Infinity },
): Session[] {
  const lastOfName = new Map<string, string>();
  for (const { id, spec } of sessions) if (spec.kind === 'named') lastOfName.set(spec.name, id);
  const kept = (session: Session) => isWaiting(session) || lastOfName.get(session.spec.name) === session.id;
  const isListedLongEnough = upMs >= LIST_AT_LEAST_MS;
  const mayGo = (session: Session) =>
    !isWaiting(session) || (isSeen(session) && isListedLongEnough && foundBy(session) !== instanceId);

  const oldestAt = (keepMs: number) => (isListedLongEnough ? nowMs - keepMs : -Infinity);
  const finished = sessions.filter(isFinished);
  const others = finished.filter((session) => !kept(session));
  const many = beyond(others, MAX_FINISHED_SESSIONS, oldestAt(KEEP_FINISHED_MS));
  // Apart: however much waits to be seen, that is no reason to forget the last turn of a name.
  const old = [isWaiting, (session: Session) => kept(session) && !isWaiting(session)].flatMap((of) =>
    beyond(finished.filter(of), MAX_INTERRUPTED_SESSIONS, oldestAt(KEEP_INTERRUPTED_MS)),
  );
  return [...many, ...old.filter(mayGo)];
}

function isSeen({ state }: Session): boolean {
  return state.status === 'interrupted' && state.seenAt !== undefined;
}

/** Interrupted, and nobody has dealt with it. */
export function isWaiting({ state }: Session): boolean {
  return state.status === 'interrupted' && state.handled === undefined;
}

function beyond(sessions: readonly Session[], maxCount: number, oldestAt: number): Session[] {
  const newestFirst = [...sessions].sort((a, b) => since(b) - since(a));
  return newestFirst.filter((session, i) => i >= maxCount || since(session) < oldestAt);
}

/** From when on its time counts. */
function since({ state, createdAt }: Session): number {
  if (state.status === 'interrupted' && state.foundAt !== undefined) return state.foundAt;
  return 'endedAt' in state ? state.endedAt : createdAt;
}

function foundBy({ state }: Session): string | undefined {
  return state.status === 'interrupted' ? state.foundBy : undefined;
}
