import { duration } from '../../base/time';
import { iso } from '../clock';
import { MAX_ATTEMPTS, RECOVERY_MAX_AGE_MS } from '../policy';
import { endState, OFFER } from '../sessions/outcome';
import { isRunning, type Session } from '../sessions/session';

/** What is known of a session that an earlier life left unfinished. */
export interface Leftover {
  readonly session: Session;
  readonly nowMs: number;
  /** The last sign of life of the earlier daemon; `undefined` if it left none. */
  readonly lastAliveAt: number | undefined;
  /** What the gate wrote when the command ended by itself. */
  readonly exit: { readonly exitCode: number; readonly at: number } | undefined;
  /** When and by which life of the daemon it was found so. */
  readonly found: { readonly foundAt: number; readonly foundBy: string };
}

/** What becomes of a leftover. */
export interface Decision {
  /**
   * - `requeue`: it was never let loose, and waits again, as if nothing had happened;
   * - `resume`: it is started again;
   * - `ended`: it came to its end without a witness;
   * - `stopped`: it was being stopped, and is;
   * - `interrupt`: somebody has to decide.
   */
  readonly kind: 'requeue' | 'resume' | 'ended' | 'stopped' | 'interrupt';
  readonly next: Session;
  /** For the log; goes on after the session. */
  readonly says: string;
}

/**
 * Decides about one leftover, after what ran of it was stopped. Named and resumable work is started again, but not
 * when it is old and not more than three times; everything else is reported.
 *
 * @returns `undefined` for what is over, or only waited and goes on waiting
 */
export function planRecovery({ session, nowMs, lastAliveAt, exit, found }: Leftover): Decision | undefined {
  const { state, spec, attempt, createdAt } = session;
  if (state.status !== 'queued' && state.status !== 'running') return undefined;
  const started = state.status === 'running' ? { startedAt: state.startedAt } : {};
  const beganAt = started.startedAt ?? createdAt;
  const interrupt = (why: string): Decision => {
    const endedAt = Math.max(lastAliveAt ?? nowMs, beganAt);
    const outcome = interruptedOutcome(started.startedAt, why);
    return {
      kind: 'interrupt',
      next: { ...session, state: { status: 'interrupted', ...started, endedAt, outcome, ...found } },
      says: `was interrupted, and is not started again: ${why}`,
    };
  };

  // A time in the future comes from a clock that was set back: not old.
  const ageMs = nowMs - Math.max(beganAt, lastAliveAt ?? 0);
  const old = ageMs > RECOVERY_MAX_AGE_MS;
  const tooOld = `dispatchd was away for ${duration(ageMs)}, too long to start it by itself`;
  if (!isRunning(session)) return old ? interrupt(tooOld) : undefined;

  const { stopping, process, gated } = session.state;
  if (stopping && stopping.cause !== 'shutdown') {
    const says = `was being stopped (${stopping.cause}) when dispatchd ended`;
    return { kind: 'stopped', next: { ...session, state: endState(session, {}, stopping.at) }, says };
  }
  // A failure after the daemon's death may be its consequence: the pipe that took the output was gone.
  if (exit && (exit.exitCode === 0 || (lastAliveAt !== undefined && exit.at <= lastAliveAt))) {
    const { exitCode, at } = exit;
    const says = `ended with exit code ${exitCode} while dispatchd was away`;
    return {
      kind: 'ended',
      next: { ...session, state: endState(session, { exitCode }, Math.round(at)) },
      says,
    };
  }

  if (attempt >= MAX_ATTEMPTS) return interrupt(`it was started ${attempt} times already`);
  if (old) return interrupt(tooOld);
  const queued = { ...session, state: { status: 'queued' } } as const;
  if (process === undefined && gated) {
    return { kind: 'requeue', next: queued, says: 'had not begun when dispatchd ended; it waits again' };
  }
  if (spec.kind === 'named' || spec.resumable) {
    const next = { ...queued, recovered: true };
    return { kind: 'resume', next, says: 'was interrupted; it is started again' };
  }
  return interrupt('it is not marked as resumable');
}

/** The sentence kept with an interrupted session. */
function interruptedOutcome(startedAt: number | undefined, why: string): string {
  const what =
    startedAt === undefined ? 'It was still waiting' : `Its run, begun at ${iso(startedAt)}, was interrupted`;
  return `${what} when dispatchd ended; ${why}. ${OFFER}`;
}
