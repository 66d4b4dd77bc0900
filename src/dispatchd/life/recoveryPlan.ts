import { duration } from '../../base/time';
import { iso } from '../clock';
import { MAX_ATTEMPTS, RECOVERY_MAX_AGE_MS } from '../policy';
import type { Session } from '../sessions/session';

/** What is known of a session that an earlier life left unfinished. */
export interface Leftover {
  readonly session: Session;
  readonly nowMs: number;
  /** The last sign of life of the earlier daemon; `undefined` if it left none. */
  readonly lastAliveAt: number | undefined;
  /** What the gate wrote when the command ended by itself. */
  readonly exit: { readonly exitCode: number; readonly at: number } | undefined;
}

export type RecoveryAction =
  /** It only waited, and goes on waiting. */
  | { readonly kind: 'keep' }
  /** It was never let loose: it waits again, as if nothing had happened. */
  | { readonly kind: 'requeue' }
  /** It is started again. */
  | { readonly kind: 'resume' }
  /** It came to its end without a witness. */
  | { readonly kind: 'ended'; readonly exitCode: number; readonly at: number }
  /** It was being stopped, and is. */
  | { readonly kind: 'stopped'; readonly cause: 'cancel' | 'timeout' }
  /** Somebody has to decide. */
  | { readonly kind: 'interrupt'; readonly why: string };

/**
 * Decides about one leftover, after what ran of it was stopped. Named and resumable work is started again, but not
 * when it is old and not more than three times; everything else is reported.
 */
export function planRecovery({ session, nowMs, lastAliveAt, exit }: Leftover): RecoveryAction | undefined {
  const { state, spec, attempt, createdAt } = session;
  if (state.status !== 'queued' && state.status !== 'running') return undefined;

  // A time in the future comes from a clock that was set back: not old.
  const ageMs = nowMs - Math.max(state.status === 'running' ? state.startedAt : createdAt, lastAliveAt ?? 0);
  const old = ageMs > RECOVERY_MAX_AGE_MS;
  const tooOld = `dispatchd was away for ${duration(ageMs)}, too long to start it by itself`;
  if (state.status === 'queued') return old ? { kind: 'interrupt', why: tooOld } : { kind: 'keep' };

  const cause = state.stopping?.cause;
  if (cause === 'cancel' || cause === 'timeout') return { kind: 'stopped', cause };
  // A failure after the daemon's death may be its consequence: the pipe that took the output was gone.
  const trusted = exit && (exit.exitCode === 0 || (lastAliveAt !== undefined && exit.at <= lastAliveAt));
  if (trusted) return { kind: 'ended', ...exit };

  if (attempt >= MAX_ATTEMPTS) return { kind: 'interrupt', why: `it was started ${attempt} times already` };
  if (old) return { kind: 'interrupt', why: tooOld };
  if (state.process === undefined && state.gated) return { kind: 'requeue' };
  if (spec.kind === 'named' || spec.resumable) return { kind: 'resume' };
  return { kind: 'interrupt', why: 'it is not marked as resumable' };
}

/** The sentence kept with an interrupted session. */
export function interruptedOutcome({ state }: Session, why: string): string {
  const when =
    'startedAt' in state && state.startedAt !== undefined ? `, begun at ${iso(state.startedAt)},` : '';
  const what = state.status === 'queued' ? 'It was still waiting' : `Its run${when} was interrupted`;
  return `${what} when dispatchd ended; ${why}. Run it again or dismiss it.`;
}
