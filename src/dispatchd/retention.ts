import {
  KEEP_FINISHED_MS,
  KEEP_INTERRUPTED_MS,
  MAX_FINISHED_SESSIONS,
  MAX_INTERRUPTED_SESSIONS,
} from './policy';
import { isFinished, type Session } from './session';

/**
 * The sessions that may be forgotten: finished ones after a day or when there are too many, oldest first. What
 * waits for somebody (interrupted), and the last turn of each name, which a follow-up builds on, stay a week.
 */
export function expiredSessions(sessions: readonly Session[], nowMs: number): Session[] {
  const lastOfName = new Map<string, string>();
  for (const { id, spec } of sessions) if (spec.kind === 'named') lastOfName.set(spec.name, id);
  const kept = (session: Session) =>
    (session.state.status === 'interrupted' && session.state.handled === undefined) ||
    lastOfName.get(session.spec.name) === session.id;

  const finished = sessions.filter(isFinished);
  return [
    ...beyond(
      finished.filter((session) => !kept(session)),
      MAX_FINISHED_SESSIONS,
      nowMs - KEEP_FINISHED_MS,
    ),
    ...beyond(finished.filter(kept), MAX_INTERRUPTED_SESSIONS, nowMs - KEEP_INTERRUPTED_MS),
  ];
}

function beyond(sessions: readonly Session[], maxCount: number, oldestAt: number): Session[] {
  const newestFirst = [...sessions].sort((a, b) => endedAt(b) - endedAt(a));
  return newestFirst.filter((session, i) => i >= maxCount || endedAt(session) < oldestAt);
}

function endedAt({ state, createdAt }: Session): number {
  return 'endedAt' in state ? state.endedAt : createdAt;
}
