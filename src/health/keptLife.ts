import type { KnownInstance } from './knownInstance';
import type { KindId } from './kindId';
import { MAX_SESSION_ROWS, UNSEEN_WORK_LASTS_MS } from './policy';
import type { Report, Session } from './report';
import { isLive } from './sessions';

/** What a workspace keeps of the last named life of a daemon. */
export interface KeptLife {
  readonly id: string;
  readonly stateDir?: string;
  /** Of a daemon that does not remember itself what a restart interrupts; so are all of these. */
  readonly kind?: KindId;
  readonly bootId?: string;
  /** When its last answer came, epoch ms. */
  readonly seenAt?: number;
  /** What ran then. */
  readonly ran?: readonly Session[];
}

/** What is worth keeping of a life; `undefined` where the daemon does not name its lives. */
export function keptLife({
  report,
  sessions,
  answer,
  knownAt,
  isRemembered,
}: KnownInstance): KeptLife | undefined {
  const { id, stateDir, bootId } = report.instance ?? {};
  if (id === undefined) return undefined;
  const named = { id, ...(stateDir !== undefined && { stateDir }) };
  const isOfUse = isRemembered
    ? report.kind !== undefined
    : answer?.report.traits.remembersInterrupted === false;
  if (!isOfUse || report.kind === undefined) return named;
  return {
    ...named,
    kind: report.kind,
    ...(bootId !== undefined && { bootId }),
    ...(knownAt && { seenAt: knownAt.wallAt }),
    ran: sessions.filter(isLive).slice(0, MAX_SESSION_ROWS).map(kept),
  };
}

/** What tells a session from others, and what a row of it says: neither what it runs nor what it printed. */
function kept({
  id,
  title,
  status,
  kind,
  role,
  agentId,
  providerSessionId,
  createdAt,
  startedAt,
  deadlineAt,
  endUntold,
}: Session): Session {
  return {
    id,
    title,
    status,
    ...(kind !== undefined && { kind }),
    ...(role !== undefined && { role }),
    ...(agentId !== undefined && { agentId }),
    ...(providerSessionId !== undefined && { providerSessionId }),
    ...(createdAt !== undefined && { createdAt }),
    ...(startedAt !== undefined && { startedAt }),
    ...(deadlineAt !== undefined && { deadlineAt }),
    ...(endUntold !== undefined && { endUntold }),
  };
}

/** What an earlier window kept of a daemon's life, as a life to compare the next answer with. */
export function rememberedInstance({
  id,
  stateDir,
  kind,
  bootId,
  seenAt,
  ran = [],
}: KeptLife): KnownInstance {
  const instance = {
    id,
    ...(stateDir !== undefined && { stateDir }),
    ...(bootId !== undefined && { bootId }),
  };
  return {
    report: {
      instance,
      ...(kind !== undefined && { kind }),
      ...(seenAt !== undefined && { daemonNow: seenAt }),
    },
    sessions: ran,
    answer: undefined,
    wasGone: false,
    wasReset: false,
    wasOurs: false,
    isRemembered: true,
  };
}

/**
 * Of the work that an earlier window saw, what may have run when the life of that time ended: the next life began before
 * the work was to be over, or, where nothing tells that, soon after it was seen.
 */
export function mayStillHaveRun(
  ran: readonly Session[],
  seenAt: number | undefined,
  { instance, daemonNow }: Report,
): readonly Session[] {
  const nextAt = instance?.startedAt ?? daemonNow;
  if (nextAt === undefined || seenAt === undefined) return ran;
  return ran.filter(({ deadlineAt }) => nextAt <= Math.max(deadlineAt ?? 0, seenAt + UNSEEN_WORK_LASTS_MS));
}
