import { isFound } from './workMade';
import { ENDED_SHOWN_MS, MAX_SESSION_ROWS } from './policy';
import type { Report, Session } from './report';

/** Work that was lost to a restart, or to its time, of a daemon that does not remember how it ended. */
export interface Lost {
  readonly session: Session;
  /** Epoch ms. */
  readonly foundAt: number;
  /** Whose it is: another smithy may take the port. */
  readonly database?: string;
}

/** A session that a smithy remembers to have ended. */
export interface EndedSession {
  readonly id: string;
  readonly providerSessionId?: string;
  /** Epoch ms. */
  readonly endedAt?: number;
}

/** What is still lost: until the daemon goes on with it, at most for the day. The newest first. */
export function stillLost(lost: readonly Lost[], report: Report, nowAt: number): readonly Lost[] {
  const left = lost.filter(
    ({ session, foundAt, database }) =>
      Math.abs(nowAt - foundAt) < ENDED_SHOWN_MS &&
      (isOfAnother(database, report) || !(report.sessions ?? []).some((other) => isFound(session, other))),
  );
  return left.length === lost.length ? lost : left;
}

/** What was lost of the daemon that answers now. */
export function lostOf(lost: readonly Lost[], report: Report): readonly Session[] {
  // The daemon lists that work itself.
  if (report.traits.remembersInterrupted) return [];
  return lost.filter(({ database }) => !isOfAnother(database, report)).map(({ session }) => session);
}

/** With newly lost work, each once. */
export function withLost(
  lost: readonly Lost[],
  sessions: readonly Session[],
  report: Report,
  nowAt: number,
): readonly Lost[] {
  const database = report.database?.realPath;
  const added = sessions.map((session): Lost => ({
    session,
    foundAt: nowAt,
    ...(database !== undefined && { database }),
  }));
  const ids = new Set(sessions.map(({ id }) => id));
  return [...added, ...lost.filter(({ session }) => !ids.has(session.id))].slice(0, MAX_SESSION_ROWS);
}

/** Whether its daemon remembers that this work ended: before the restart, or resumed and ended since. */
export function hasEnded(
  { id, providerSessionId, createdAt }: Session,
  ended: readonly EndedSession[],
): boolean {
  return ended.some(
    (other) =>
      other.id === id ||
      (providerSessionId !== undefined &&
        other.providerSessionId === providerSessionId &&
        (other.endedAt ?? 0) > (createdAt ?? Infinity)),
  );
}

function isOfAnother(database: string | undefined, { database: now }: Report): boolean {
  return database !== undefined && now !== undefined && now.realPath !== database;
}
