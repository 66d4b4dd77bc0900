import { SMITHY_SESSION_LIMIT_MS, SMITHY_STEWARD_LIMIT_MS } from './policy';
import type { Session } from '../../health/report';
import { parseObject } from '../../base/text';
import type { Answer } from '../../system/httpClient';
import type { Look } from '../look';

const CONFIG_ROUTE = '/api/daemon/config';

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

/** The limits in smithy's answer to a change of its config; `undefined` where it does not tell them. */
function readLimits({ status, body }: Answer): SmithyLimits | undefined {
  if (status !== 200) return undefined;
  const { config } = (parseObject(body) ?? {}) as { config?: Record<string, unknown> | null };
  if (typeof config !== 'object' || config === null) return undefined;
  const limit = (value: unknown, otherwise: number) =>
    typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : otherwise;
  return {
    sessionMs: limit(config.maxSessionDurationMs, SMITHY_SESSION_LIMIT_MS),
    stewardMs: limit(config.maxStewardSessionDurationMs, SMITHY_STEWARD_LIMIT_MS),
    assumed: false,
  };
}

/** Never rejects. No GET tells them: a PATCH that changes nothing answers with the whole config. */
export async function askLimits(look: Look, timeoutMs: number): Promise<SmithyLimits> {
  const answer = await look.send('PATCH', CONFIG_ROUTE, {}, timeoutMs).catch(() => undefined);
  return (answer && readLimits(answer)) ?? DOCUMENTED_LIMITS;
}

/** smithy's sessions with the deadline that it will end them at but does not tell: their age counts from `createdAt`. */
export function withDeadlines(sessions: readonly Session[], limits: SmithyLimits): readonly Session[] {
  return sessions.map((session) => withDeadline(session, limits));
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
