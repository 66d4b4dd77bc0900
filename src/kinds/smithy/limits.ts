import { SMITHY_LIMITS_REREAD_MS, SMITHY_SESSION_LIMIT_MS, SMITHY_STEWARD_LIMIT_MS } from './policy';
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

/** The limits of one smithy: read rarely, and again after it was away. */
export class LimitsOfSmithy {
  #read: { readonly limits: SmithyLimits; readonly atMs: number } | undefined;

  constructor(
    private readonly timeoutMs: number,
    private readonly mayRead: () => boolean,
  ) {}

  /** Never rejects. No GET tells them: a PATCH that changes nothing answers with the whole config. */
  async current(look: Look): Promise<SmithyLimits> {
    if (!this.mayRead()) return DOCUMENTED_LIMITS;
    if (!this.#read || performance.now() - this.#read.atMs > SMITHY_LIMITS_REREAD_MS) {
      const answer = await look.send('PATCH', CONFIG_ROUTE, {}, this.timeoutMs).catch(() => undefined);
      const limits = (answer && readLimits(answer)) ?? DOCUMENTED_LIMITS;
      this.#read = { limits, atMs: performance.now() };
    }
    return this.#read.limits;
  }

  /** What answers next may be another. */
  forget(): void {
    this.#read = undefined;
  }
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
