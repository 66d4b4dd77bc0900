import { ACTIVITY_RECENCY_MS } from '../policy';

/** The limits one session runs under; all durations in milliseconds. */
export interface TimeoutPolicy {
  readonly timeoutMs: number;
  readonly activityExtensionMs: number;
  /** 0 means none. */
  readonly maxExtensions: number;
  /** Hard cap on the whole run, whatever extends it. */
  readonly maxTotalMs: number;
}

/** Moments are on the monotonic clock. */
export interface TimeoutState {
  readonly startedMs: number;
  readonly deadlineMs: number;
  /** Extensions granted because the session was active; these count against `maxExtensions`. */
  readonly extensionsUsed: number;
  /** Extensions somebody asked for; only the hard cap bounds these. */
  readonly requestedExtensions: number;
}

export type TimeoutEvent =
  | { readonly kind: 'extended'; readonly byMs: number }
  | { readonly kind: 'timed-out'; readonly ranMs: number };

/** A session starts now. */
export function beginTimeout(policy: TimeoutPolicy, nowMs: number): TimeoutState {
  const deadlineMs = nowMs + Math.min(policy.timeoutMs, policy.maxTotalMs);
  return { startedMs: nowMs, deadlineMs, extensionsUsed: 0, requestedExtensions: 0 };
}

/**
 * What is due now. At the deadline a session that wrote something within the last 30 s goes on, as far as
 * `maxExtensions` and the cap allow. Starting is not activity: a silent command gets its base time and no more.
 */
export function advanceTimeout(
  policy: TimeoutPolicy,
  state: TimeoutState,
  lastActivityMs: number | undefined,
  nowMs: number,
): { state: TimeoutState; event?: TimeoutEvent } {
  if (nowMs < state.deadlineMs) return { state };
  const active = lastActivityMs !== undefined && state.deadlineMs - lastActivityMs <= ACTIVITY_RECENCY_MS;
  const deadlineMs = Math.min(nowMs + policy.activityExtensionMs, state.startedMs + policy.maxTotalMs);
  if (!active || state.extensionsUsed >= policy.maxExtensions || deadlineMs <= nowMs) {
    return { state, event: { kind: 'timed-out', ranMs: nowMs - state.startedMs } };
  }
  return {
    state: { ...state, deadlineMs, extensionsUsed: state.extensionsUsed + 1 },
    event: { kind: 'extended', byMs: deadlineMs - state.deadlineMs },
  };
}

/** Moves the deadline on request, as far as the cap allows; `grantedMs` is 0 at the cap. */
export function extendTimeout(
  policy: TimeoutPolicy,
  state: TimeoutState,
  extensionMs: number,
): { state: TimeoutState; grantedMs: number } {
  const capMs = state.startedMs + policy.maxTotalMs;
  const deadlineMs = Math.min(state.deadlineMs + extensionMs, capMs);
  if (deadlineMs <= state.deadlineMs) return { state, grantedMs: 0 };
  return {
    state: { ...state, deadlineMs, requestedExtensions: state.requestedExtensions + 1 },
    grantedMs: deadlineMs - state.deadlineMs,
  };
}
