import { ACTIVITY_RECENCY_MS } from '../policy';

/** The limits one session runs under; all durations in milliseconds. */
export interface TimeoutPolicy {
  readonly timeoutMs: number;
  readonly activityExtensionMs: number;
  /** 0 means none. */
  readonly maxExtensions: number;
  /** Hard cap on the whole run, whatever extends it. */
  readonly maxTotalMs: number;
  /** How long before the deadline warnings are due. */
  readonly warningStagesMs: readonly number[];
}

/** Moments are on the monotonic clock. */
export interface TimeoutState {
  readonly startedMs: number;
  readonly deadlineMs: number;
  /** Extensions granted because the session was active; these count against `maxExtensions`. */
  readonly extensionsUsed: number;
  /** Extensions somebody asked for; only the hard cap bounds these. */
  readonly requestedExtensions: number;
  /** Stages that have not been announced for this deadline, longest first. */
  readonly armedStagesMs: readonly number[];
}

export type TimeoutEvent =
  | { readonly kind: 'warning'; readonly stageMs: number; readonly remainingMs: number }
  | { readonly kind: 'extended'; readonly byMs: number }
  | { readonly kind: 'timed-out'; readonly ranMs: number };

/** A session starts now. */
export function beginTimeout(policy: TimeoutPolicy, nowMs: number): TimeoutState {
  const deadlineMs = nowMs + Math.min(policy.timeoutMs, policy.maxTotalMs);
  return {
    startedMs: nowMs,
    deadlineMs,
    extensionsUsed: 0,
    requestedExtensions: 0,
    armedStagesMs: stagesWithin(policy, deadlineMs - nowMs),
  };
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
): { state: TimeoutState; events: readonly TimeoutEvent[] } {
  if (nowMs >= state.deadlineMs) {
    const active = lastActivityMs !== undefined && state.deadlineMs - lastActivityMs <= ACTIVITY_RECENCY_MS;
    const deadlineMs = Math.min(nowMs + policy.activityExtensionMs, state.startedMs + policy.maxTotalMs);
    if (!active || state.extensionsUsed >= policy.maxExtensions || deadlineMs <= nowMs) {
      return { state, events: [{ kind: 'timed-out', ranMs: nowMs - state.startedMs }] };
    }
    return {
      state: {
        ...state,
        deadlineMs,
        extensionsUsed: state.extensionsUsed + 1,
        armedStagesMs: stagesWithin(policy, deadlineMs - nowMs),
      },
      events: [{ kind: 'extended', byMs: deadlineMs - state.deadlineMs }],
    };
  }
  const remainingMs = state.deadlineMs - nowMs;
  const due = state.armedStagesMs.filter((stageMs) => stageMs >= remainingMs);
  // A late tick may have passed several stages: only the last still tells the truth.
  const stageMs = due.at(-1);
  if (stageMs === undefined) return { state, events: [] };
  return {
    state: { ...state, armedStagesMs: state.armedStagesMs.slice(due.length) },
    events: [{ kind: 'warning', stageMs, remainingMs }],
  };
}

/** Moves the deadline on request, as far as the cap allows; `grantedMs` is 0 at the cap. */
export function extendTimeout(
  policy: TimeoutPolicy,
  state: TimeoutState,
  extensionMs: number,
  nowMs: number,
): { state: TimeoutState; grantedMs: number } {
  const capMs = state.startedMs + policy.maxTotalMs;
  const deadlineMs = Math.min(state.deadlineMs + extensionMs, capMs);
  if (deadlineMs <= state.deadlineMs) return { state, grantedMs: 0 };
  return {
    state: {
      ...state,
      deadlineMs,
      requestedExtensions: state.requestedExtensions + 1,
      armedStagesMs: stagesWithin(policy, deadlineMs - nowMs),
    },
    grantedMs: deadlineMs - state.deadlineMs,
  };
}

/** When `advanceTimeout` has to be asked next: the nearest armed stage, else the deadline. */
export function nextWakeMs(state: TimeoutState): number {
  return state.deadlineMs - (state.armedStagesMs[0] ?? 0);
}

/** A stage as long as the time left is no warning: it is all the time there is. */
function stagesWithin(policy: TimeoutPolicy, remainingMs: number): readonly number[] {
  return [...new Set(policy.warningStagesMs)].filter((ms) => ms < remainingMs).sort((a, b) => b - a);
}
