import { iso } from '../clock';
import type { Entry } from '../life/history';
import type { Instance } from '../life/instance';
import type { LastExit } from '../life/lifecycle';
import type { SetAside } from '../../system/stateFile';
import { outcomeOf } from '../sessions/outcome';
import type { Run } from '../sessions/run';
import { commandLine, type Session, type SessionState, type TaskSpec } from '../sessions/session';

/**
 * Who reads. Any program of any user of this machine reaches the port, so that `anybody` is told what a glance needs:
 * states, ids, names, times. What commands, folders, prompts and errors say is for the `owner`, who has the token.
 */
export type Reader = 'anybody' | 'owner';

/** Moments as HTTP clients see them: ISO-8601, absent when there is none. */
function at<K extends string>(key: K, wallMs: number | undefined): Partial<Record<K, string>> {
  return (wallMs === undefined ? {} : { [key]: iso(wallMs) }) as Partial<Record<K, string>>;
}

/**
 * A task without a name of its own is named by its command, as the window does it, perhaps cut: anybody is told the
 * program alone.
 */
function nameFor(reader: Reader, spec: TaskSpec): string {
  const oneLine = (text: string) => text.trim().replace(/[\p{Cc}\s]+/gu, ' ');
  const name = oneLine(spec.name).replace(/ ?…$/, '');
  if (reader === 'owner' || !oneLine(commandLine(spec)).startsWith(name)) return spec.name;
  const word = name.split(' ').find((each) => !/^\w+=/.test(each)) ?? '';
  return /^[\w.+/-]+$/.test(word) ? word.slice(word.lastIndexOf('/') + 1) || 'command' : 'command';
}

/** Claimed by a worker is not yet running: nothing of the command has run before its process is on disk. */
function shownState({ state }: Session, run: Run | undefined): SessionState {
  return state.status === 'running' && !run ? { status: 'queued' } : state;
}

/** The system names the folder and the program of a command that it did not start. */
function outcomeFor(reader: Reader, state: Exclude<SessionState, { status: 'queued' | 'running' }>): string {
  const isStartError =
    state.status === 'failed' && state.exitCode === undefined && state.signal === undefined;
  return isStartError && reader === 'anybody' ? 'Could not be started.' : outcomeOf(state);
}

function ending(state: SessionState, reader: Reader) {
  if (state.status === 'queued') return {};
  if (state.status === 'running') {
    return state.stopping ? { stopping: { cause: state.stopping.cause, since: iso(state.stopping.at) } } : {};
  }
  return {
    endedAt: iso(state.endedAt),
    ...('exitCode' in state && { exitCode: state.exitCode }),
    ...('signal' in state && { signal: state.signal }),
    ...('handled' in state && { handled: state.handled }),
    outcome: outcomeFor(reader, state),
  };
}

/** What a session and its task tell alike. */
function common(
  { id, attempt, recovered, turn, rerunOf, createdAt }: Session,
  state: SessionState,
  reader: Reader,
) {
  return {
    id,
    status: state.status,
    createdAt: iso(createdAt),
    attempt,
    recovered,
    turn,
    ...(rerunOf !== undefined && { rerunOf }),
    ...ending(state, reader),
  };
}

/** A session as in the status; `run` is its living part while its command runs. */
export function sessionView(session: Session, run: Run | undefined, reader: Reader) {
  const { spec } = session;
  const state = shownState(session, run);
  const startedAt = state.status === 'queued' ? undefined : state.startedAt;
  return {
    ...common(session, state, reader),
    name: nameFor(reader, spec),
    kind: spec.kind,
    ...(reader === 'owner' && { command: commandLine(spec), cwd: spec.cwd }),
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
export function taskView(session: Session, run: Run | undefined, reader: Reader) {
  const { command, args, cwd, prompt, ...spec } = session.spec;
  const own = { command, ...(args && { args }), cwd, ...(prompt !== undefined && { prompt }) };
  return {
    ...(reader === 'owner' && own),
    ...spec,
    name: nameFor(reader, session.spec),
    ...common(session, shownState(session, run), reader),
    sessionId: session.id,
  };
}

/** A task that waits, as in the status: short, since there may be many. */
export function waitingView({ id, spec, createdAt }: Session, reader: Reader) {
  return { id, name: nameFor(reader, spec), kind: spec.kind, createdAt: iso(createdAt) };
}

/** A state file that could not be read, as in the status. Why not may quote what is in it. */
export function setAsideView({ reason, ...files }: SetAside, reader: Reader) {
  return { ...files, ...(reader === 'owner' && { reason }) };
}

/** A thing that happened, with its moments as clients see them. */
export function entryView({ type: _, ...entry }: Entry) {
  const moments = ['startedAt', 'endedAt', 'lastAliveAt'];
  return Object.fromEntries(
    Object.entries(entry).map(([key, value]) => [
      key,
      moments.includes(key) && typeof value === 'number' ? iso(value) : value,
    ]),
  );
}

/** The `instance` object of the status. */
export function instanceView({ startedAt, lastExit, ...instance }: Instance, reader: Reader) {
  return {
    ...instance,
    startedAt: iso(startedAt),
    ...(lastExit && { lastExit: exitView(lastExit, reader) }),
  };
}

function exitView({ reason, at, ...exit }: LastExit, reader: Reader) {
  return { ...exit, at: iso(at), ...(reason !== undefined && reader === 'owner' && { reason }) };
}
