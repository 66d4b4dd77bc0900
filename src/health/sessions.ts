import type { Session } from './report';

/** Whether a session still runs, going by the status words of smithy and dispatchd. */
export function isLive({ status }: Session): boolean {
  return ['starting', 'running', 'suspended', 'terminating'].includes(status);
}

/** The word for work that goes on once a person has answered its question. It neither runs nor has ended. */
export const WAITING = 'waiting';

/** Whether work waits for the answer of a person. */
export function isWaiting({ status }: Session): boolean {
  return status === WAITING;
}

export type End = 'completed' | 'failed' | 'timedOut' | 'cancelled' | 'interrupted';

const ENDS: Readonly<Record<string, End>> = {
  completed: 'completed',
  failed: 'failed',
  'timed-out': 'timedOut',
  cancelled: 'cancelled',
  interrupted: 'interrupted',
};

/** How a session ended; `undefined` while it runs, or where the daemon does not say. */
export function endOf({ status, outcome, exitCode }: Session): End | undefined {
  // smithy has one word for every end, and a reason only for some.
  if (status === 'terminated') {
    if (/exceeded max duration/.test(outcome ?? '')) return 'timedOut';
    return exitCode === undefined || exitCode === 0 ? 'completed' : 'failed';
  }
  return Object.hasOwn(ENDS, status) ? ENDS[status] : undefined;
}

/** The reason that a smithy gives where an agent itself said that its work is done. */
const DONE_BY_SMITHY = /^Completed with result/;

/**
 * How a session ended, where its daemon itself says so. A smithy's one word is no end by itself: a process that is gone
 * may have done its work, or not.
 */
export function endTold(session: Session): End | undefined {
  const { status, exitCode, outcome = '', endAssumed, wasLost } = session;
  if (endAssumed || wasLost) return undefined;
  const end = endOf(session);
  const isUntold = status === 'terminated' && end === 'completed' && exitCode === undefined;
  return isUntold && !DONE_BY_SMITHY.test(outcome) ? undefined : end;
}

/** Interrupted work that nobody has dealt with yet. */
export function isStranded(session: Session): boolean {
  return session.status === 'interrupted' && session.handled !== true;
}

/** Whether enough is known of a session to go on with its conversation: who held it, and which one it was. */
export function canGoOn({ agentId, providerSessionId }: Session): boolean {
  return agentId !== undefined && providerSessionId !== undefined;
}
