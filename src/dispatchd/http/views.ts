import { iso } from '../clock';
import type { Instance } from '../life/instance';
import type { Run } from '../sessions/run';
import { commandLine, type Session, type SessionState } from '../sessions/session';

/** Moments as HTTP clients see them: ISO-8601, absent when there is none. */
function at<K extends string>(key: K, wallMs: number | undefined): Partial<Record<K, string>> {
  return (wallMs === undefined ? {} : { [key]: iso(wallMs) }) as Partial<Record<K, string>>;
}

/** Claimed by a worker is not yet running: nothing of the command has run before its process is on disk. */
function shownState({ state }: Session, run: Run | undefined): SessionState {
  return state.status === 'running' && !run ? { status: 'queued' } : state;
}

function ending(state: SessionState) {
  if (state.status === 'queued') return {};
  if (state.status === 'running') {
    return state.stopping ? { stopping: { cause: state.stopping.cause, since: iso(state.stopping.at) } } : {};
  }
  return {
    endedAt: iso(state.endedAt),
    ...('exitCode' in state && { exitCode: state.exitCode }),
    ...('signal' in state && { signal: state.signal }),
    ...('handled' in state && { handled: state.handled }),
    outcome: state.outcome,
  };
}

/** What a session and its task tell alike. */
function common({ id, attempt, recovered, turn, rerunOf, createdAt }: Session, state: SessionState) {
  return {
    id,
    status: state.status,
    createdAt: iso(createdAt),
    attempt,
    recovered,
    turn,
    ...(rerunOf !== undefined && { rerunOf }),
    ...ending(state),
  };
}

/** A session as in the status; `run` is its living part while its command runs. */
export function sessionView(session: Session, run: Run | undefined) {
  const { spec } = session;
  const state = shownState(session, run);
  const startedAt = state.status === 'queued' ? undefined : state.startedAt;
  return {
    ...common(session, state),
    name: spec.name,
    kind: spec.kind,
    command: commandLine(spec),
    cwd: spec.cwd,
    ...at('startedAt', startedAt),
    // Before the first output the start is the last sign of life.
    ...at('lastActivityAt', run?.lastActivityAt() ?? session.lastActivityAt ?? startedAt),
    ...at('deadlineAt', run?.deadlineAt()),
    timeoutMs: spec.timeoutMs,
    extensionsUsed: run?.extensionsUsed ?? session.extensionsUsed,
    requestedExtensions: run?.requestedExtensions ?? session.requestedExtensions,
    maxExtensions: spec.maxExtensions,
    activityExtensionMs: spec.activityExtensionMs,
    maxTotalMs: spec.maxTotalMs,
    resumable: spec.resumable || spec.kind === 'named',
  };
}

/** A task as it was posted, with what became of it; its session has the same id. */
export function taskView(session: Session, run?: Run) {
  return { ...session.spec, ...common(session, shownState(session, run)), sessionId: session.id };
}

/** The `instance` object of the status. */
export function instanceView({ startedAt, lastExit, ...instance }: Instance) {
  return {
    ...instance,
    startedAt: iso(startedAt),
    ...(lastExit && { lastExit: { ...lastExit, at: iso(lastExit.at) } }),
  };
}
