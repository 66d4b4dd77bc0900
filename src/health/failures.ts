import type { Cause, Reason } from './cause';
import type { Failure } from './report';

/** The last failure, if the last ask failed, and whether the daemon answered as one before. */
interface Failed {
  readonly failure?: Failure | undefined;
  readonly seenUp: boolean;
}

/** Nobody answered for so long; where a command is asked of the daemon, its name, since that one may be wrong. */
export function unanswered(cause: Cause, forMs: number): Reason {
  return { is: 'unanswered', forMs, ...(cause.is === 'commandLate' && { command: cause.command }) };
}

/** A command that has never ended here may be none that tells of a daemon, such as `tail -f`: nothing shows that one hangs. */
export function isNoClient({ failure, seenUp }: Failed): boolean {
  return failure?.cause.is === 'commandLate' && !seenUp;
}

/** Errors from who is a daemon: its health route says so, or it was one here. */
export function failsAsDaemon({ failure, seenUp }: Failed): boolean {
  return failure?.kind === 'errors' && (failure.isKnown || seenUp);
}
