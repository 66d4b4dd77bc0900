import type { RunningState, Session, SessionState, TaskSpec } from '../../../src/dispatchd/sessions/session';

/** A task with usual limits. */
export function spec(overrides: Partial<TaskSpec> = {}): TaskSpec {
  return {
    name: 'work',
    command: 'true',
    cwd: '/',
    kind: 'foreground',
    resumable: false,
    timeoutMs: 600_000,
    activityExtensionMs: 120_000,
    maxExtensions: 3,
    maxTotalMs: 14_400_000,
    ...overrides,
  };
}

export function running(overrides: Partial<RunningState> = {}): RunningState {
  return {
    status: 'running',
    startedAt: 1_000_000,
    instanceId: 'earlier',
    bootId: 'unknown',
    gated: true,
    process: { pid: 1, startedAtMs: 1_000_000 },
    ...overrides,
  };
}

let count = 0;

/** A session in this state. */
export function session(state: SessionState, overrides: Partial<Session> = {}): Session {
  return {
    id: `session-test-${count++}`,
    spec: spec(),
    createdAt: 900_000,
    attempt: state.status === 'queued' ? 0 : 1,
    recovered: false,
    turn: 1,
    extensionsUsed: 0,
    requestedExtensions: 0,
    state,
    ...overrides,
  };
}
