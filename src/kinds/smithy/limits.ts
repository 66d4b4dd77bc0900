import { isDeepStrictEqual } from 'node:util';
import { SMITHY_SESSION_LIMIT_MS, SMITHY_STEWARD_LIMIT_MS } from './policy';
import type { Session } from '../../health/report';
import type { Ask, DaemonClient } from '../../system/httpClient';

/** How long smithy lets sessions run, in ms; 0 = without end. */
export interface SmithyLimits {
  readonly sessionMs: number;
  readonly stewardMs: number;
  /** The documented defaults; this daemon was not asked. */
  readonly assumed: boolean;
}

export const DOCUMENTED_LIMITS: SmithyLimits = {
  sessionMs: SMITHY_SESSION_LIMIT_MS,
  stewardMs: SMITHY_STEWARD_LIMIT_MS,
  assumed: true,
};

/**
 * Asks a smithy for its limits. No GET tells them: a PATCH that changes nothing answers with the whole config.
 * `undefined` where it does not tell.
 */
export async function readSmithyLimits(
  client: DaemonClient,
  timeoutMs: number | Ask,
): Promise<SmithyLimits | undefined> {
  try {
    const { status, body } = await client.send('PATCH', '/api/daemon/config', { body: {}, timeoutMs });
    if (status !== 200) return undefined;
    const { config } = JSON.parse(body) as { config?: Record<string, unknown> };
    const limit = (value: unknown, otherwise: number) =>
      typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : otherwise;
    if (typeof config !== 'object' || config === null) return undefined;
    return {
      sessionMs: limit(config.maxSessionDurationMs, SMITHY_SESSION_LIMIT_MS),
      stewardMs: limit(config.maxStewardSessionDurationMs, SMITHY_STEWARD_LIMIT_MS),
      assumed: false,
    };
  } catch {
    return undefined;
  }
}

/** smithy's sessions with the deadline that it will end them at but does not tell: their age counts from `createdAt`. */
export function withDeadlines(sessions: readonly Session[], limits: SmithyLimits): readonly Session[] {
  return sessions.map((session) => withDeadline(session, limits));
}

/** `withDeadlines` that gives for the same sessions and limits what it gave before, for the list and for each of it. */
export function keepingDeadlines(): typeof withDeadlines {
  let limits: SmithyLimits | undefined;
  let lists: WeakMap<readonly Session[], readonly Session[]>;
  let made: WeakMap<Session, Session>;
  return (sessions, newLimits) => {
    if (!isDeepStrictEqual(limits, newLimits)) {
      limits = newLimits;
      lists = new WeakMap();
      made = new WeakMap();
    }
    return kept(lists, sessions, () =>
      sessions.map((session) => kept(made, session, () => withDeadline(session, newLimits))),
    );
  };
}

function kept<K extends object, V>(values: WeakMap<K, V>, key: K, make: () => V): V {
  const known = values.get(key);
  if (known !== undefined) return known;
  const value = make();
  values.set(key, value);
  return value;
}

function withDeadline(session: Session, limits: SmithyLimits): Session {
  const limitMs = session.role === 'steward' ? limits.stewardMs : limits.sessionMs;
  if (session.createdAt === undefined || limitMs === 0) return session;
  return {
    ...session,
    timeoutMs: limitMs,
    deadlineAt: session.createdAt + limitMs,
    ...(limits.assumed && { deadlineAssumed: true }),
  };
}
