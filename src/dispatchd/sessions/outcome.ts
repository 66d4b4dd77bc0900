import { duration, SECOND_MS } from '../../base/time';
import type { Exit } from '../processes/launch';
import type { EndedState, RunningSession, SessionState } from './session';

/**
 * How a run ended: the state to keep, with a sentence for people.
 * @param ranMs how long it ran, by the monotonic clock where one life of the daemon saw both ends
 */
export function endState(
  session: RunningSession,
  exit: Exit,
  endedAt: number,
  ranMs = Math.max(0, endedAt - session.state.startedAt),
): EndedState {
  const { startedAt, stopping } = session.state;
  const base = {
    startedAt,
    endedAt,
    ...(exit.exitCode !== undefined && { exitCode: exit.exitCode }),
    ...(exit.signal !== undefined && { signal: exit.signal }),
  };
  const ran = `after ${duration(ranMs)}`;
  if (stopping?.cause === 'timeout') {
    return { ...base, status: 'timed-out', outcome: timedOut(session, ranMs) };
  }
  if (stopping?.cause === 'cancel') return { ...base, status: 'cancelled', outcome: `Cancelled ${ran}.` };
  if (exit.error !== undefined) {
    return { ...base, status: 'failed', outcome: `Could not be started: ${exit.error}` };
  }
  if (exit.exitCode === 0) return { ...base, status: 'completed', outcome: `Completed ${ran}.` };
  if (exit.signal !== undefined) {
    return { ...base, status: 'failed', outcome: `Ended by signal ${exit.signal} ${ran}.` };
  }
  return {
    ...base,
    status: 'failed',
    outcome: `Failed with exit code ${exit.exitCode ?? 'unknown'} ${ran}${hint(exit.exitCode)}.`,
  };
}

/** What a timeout says: how long it ran, what extended it, and how to give it more. */
function timedOut({ spec, extensionsUsed, requestedExtensions }: RunningSession, ranMs: number): string {
  const extensions = [
    ...(extensionsUsed > 0 ? [`${extensionsUsed} of ${spec.maxExtensions} extensions for activity`] : []),
    ...(requestedExtensions > 0 ? [`${requestedExtensions} on request`] : []),
  ].join(', ');
  const moreMs = suggestedTimeoutMs(spec.timeoutMs, ranMs);
  return (
    `Timed out after ${duration(ranMs)} (limit ${duration(spec.timeoutMs)}, ${extensions || 'no extensions'}). ` +
    `Run it again with more time, for example timeoutMs ${moreMs} (${duration(moreMs)}).`
  );
}

/** Twice what it had, in whole seconds. */
function suggestedTimeoutMs(timeoutMs: number, ranMs: number): number {
  return Math.ceil((2 * Math.max(timeoutMs, ranMs)) / SECOND_MS) * SECOND_MS;
}

/** Ends the sentence that is kept with interrupted work, also by version 0.1. */
export const OFFER = 'Run it again or dismiss it.';

/** What an ended session says of itself: interrupted work offers what to do only until somebody has done it. */
export function outcomeOf(state: Exclude<SessionState, { status: 'queued' | 'running' }>): string {
  const { outcome } = state;
  if (state.status !== 'interrupted' || !state.handled || !outcome.endsWith(OFFER)) return outcome;
  const done = state.handled === 'run' ? 'It was run again.' : 'It was dismissed.';
  return `${outcome.slice(0, -OFFER.length)}${done}`;
}

/** The shell's own exit codes; 128 + n is a command that died of signal n. */
function hint(exitCode: number | undefined): string {
  if (exitCode === 127) return ': command not found';
  if (exitCode === 126) return ': the command is not executable';
  return '';
}
