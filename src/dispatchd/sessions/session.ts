import type { ProcessIdentity } from '../../system/identity';
import type { TimeoutPolicy } from './timeoutController';

/** `foreground` is one command; `named` takes follow-ups by its name, one after the other. */
export type SessionKind = 'foreground' | 'named';

/** What was asked for; kept verbatim, because it may be run again. */
export interface TaskSpec extends TimeoutPolicy {
  readonly name: string;
  /** A line for the shell when `args` is absent, else the program. */
  readonly command: string;
  readonly args?: readonly string[];
  readonly cwd: string;
  readonly kind: SessionKind;
  /** Handed to the command as `DISPATCHD_PROMPT`. */
  readonly prompt?: string;
  /** Whether it may be started again by itself after an interruption. Named sessions always may. */
  readonly resumable: boolean;
}

export type StopCause = 'cancel' | 'timeout' | 'shutdown';

export interface QueuedState {
  readonly status: 'queued';
}
export interface RunningState {
  readonly status: 'running';
  readonly startedAt: number;
  /** The daemon instance that runs it: one instance only. */
  readonly instanceId: string;
  readonly bootId: string;
  /** Whether the command waits until `process` is on disk: without `process`, nothing of it ran then. */
  readonly gated: boolean;
  readonly process?: ProcessIdentity;
  readonly stopping?: { readonly cause: StopCause; readonly at: number };
}
export interface EndedState {
  readonly status: 'completed' | 'failed' | 'timed-out' | 'cancelled';
  /** Absent when it was cancelled while it waited. */
  readonly startedAt?: number;
  readonly endedAt: number;
  readonly exitCode?: number;
  readonly signal?: string;
  /** For people: what happened, and what to do. */
  readonly outcome: string;
}
export interface InterruptedState {
  readonly status: 'interrupted';
  readonly startedAt?: number;
  readonly endedAt: number;
  readonly outcome: string;
  /** When a life of the daemon found it so, and which; absent where an earlier version did. */
  readonly foundAt?: number;
  readonly foundBy?: string;
  /** Set once somebody dealt with it. */
  readonly handled?: 'run' | 'dismissed';
}
export type SessionState = QueuedState | RunningState | EndedState | InterruptedState;

/** One piece of work from the moment it was accepted; times are epoch milliseconds. */
export interface Session {
  readonly id: string;
  readonly spec: TaskSpec;
  readonly createdAt: number;
  /** Runs so far, counting the one in progress. */
  readonly attempt: number;
  /** Whether this run was started again by itself after an interruption. */
  readonly recovered: boolean;
  /** 1 for the first of its name, then one more for each follow-up. */
  readonly turn: number;
  readonly rerunOf?: string;
  readonly extensionsUsed: number;
  readonly requestedExtensions: number;
  readonly lastActivityAt?: number;
  readonly state: SessionState;
}

/** A session whose process is being watched. */
export type RunningSession = Session & { readonly state: RunningState };

export function isRunning(session: Session): session is RunningSession {
  return session.state.status === 'running';
}

/** Over, one way or another. */
export function isFinished(session: Session): boolean {
  return session.state.status !== 'queued' && session.state.status !== 'running';
}

/** The command as one would type it, for people and for "copy command". */
export function commandLine({ command, args }: Pick<TaskSpec, 'command' | 'args'>): string {
  return args ? [command, ...args].map(quoted).join(' ') : command;
}

/** How a session is called in the log. */
export function label({ id, spec }: Session): string {
  return `"${spec.name}" (${id})`;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * The queued sessions that could start now, oldest first: of one name only the first, and not while a session of
 * that name runs, so that follow-ups keep their order.
 */
export function readySessions(sessions: Iterable<Session>): Session[] {
  const all = [...sessions];
  const busyNames = new Set(
    all.filter((session) => isRunning(session) && session.spec.kind === 'named').map(({ spec }) => spec.name),
  );
  return all.filter(({ spec, state }) => {
    if (state.status !== 'queued') return false;
    if (spec.kind !== 'named') return true;
    if (busyNames.has(spec.name)) return false;
    busyNames.add(spec.name);
    return true;
  });
}
