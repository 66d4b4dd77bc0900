import type { Cause, Reason } from './cause';

/** Nobody answered for so long; where a command is asked of the daemon, its name, since that one may be wrong. */
export function unanswered(cause: Cause, forMs: number): Reason {
  return { is: 'unanswered', forMs, ...(cause.is === 'commandLate' && { command: cause.command }) };
}
