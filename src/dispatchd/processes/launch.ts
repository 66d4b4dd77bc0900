import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import crossSpawn from 'cross-spawn';
import { OUTPUT_DRAIN_MS } from '../policy';
import { cleanEnv } from '../../system/cleanEnv';
import { identify } from '../../system/identity';
import { outletsOf } from '../../system/processGroup';
import type { ProcessIdentity } from '../../system/processInfo';
import { SESSION_VARIABLE } from './processTree';
import type { Session, TaskSpec } from '../sessions/session';
import { codeOf } from '../../system/trouble';
import { messageOf } from '../../base/errors';

export interface LaunchRequest {
  readonly spec: Pick<TaskSpec, 'command' | 'args' | 'cwd'>;
  readonly env: NodeJS.ProcessEnv;
  /** Where the exit code is left, so that it is known even if the daemon is dead by then. */
  readonly exitFile: string;
  readonly onOutput: (chunk: Buffer, source: Readable) => void;
}

export interface Exit {
  readonly exitCode?: number;
  readonly signal?: NodeJS.Signals;
  /** The command could not be started at all. */
  readonly error?: string;
  /** Why not, by the system's code, where the system refused. */
  readonly errorCode?: string;
}

export interface Launched {
  /** Absent when it could not be started; `exited` then says why. */
  readonly process?: ProcessIdentity;
  /** Where it writes to: who holds one of these open was started by it, whatever else it changed. Linux only. */
  readonly outlets?: readonly string[];
  /** Lets the command run. Until then nothing of it has. */
  readonly open: () => void;
  /** Resolves once, when the command ended and its output was read; never rejects. */
  readonly exited: Promise<Exit>;
}

/**
 * The command waits behind this gate until its pid is on disk. If the daemon dies before, the pipe closes and the
 * command never runs: so a session without a pid on disk certainly did not run. The shell stays to write the exit
 * code (and outlives SIGTERM for that), so that work which ends after the daemon died is not taken for unfinished.
 * An end that SIGTERM brought about is marked as such: many programs answer it with exit code 0.
 */
const GATE = `term=
trap : HUP INT
trap 'term=" TERM"' TERM
IFS= read -r go <&3 || exit 125
exec 3<&-
exit_file=$1; shift
"$@"
code=$?
umask 077
printf '%s%s\\n' "$code" "$term" > "$exit_file"
exit "$code"`;

const SHELL = '/bin/sh';

/** Whether commands wait for `open()` on this machine. */
export function canGate(): boolean {
  return process.platform !== 'win32' && existsSync(SHELL);
}

/** Starts a command in a process group of its own, behind the gate where the platform has a shell for it. */
export function launch(request: LaunchRequest): Launched {
  const startedAtMs = Date.now();
  const gated = canGate();
  let child: ChildProcess;
  try {
    // Else spawn would say that the shell does not exist.
    if (!statSync(request.spec.cwd).isDirectory()) throw new Error(`${request.spec.cwd} is not a folder`);
    child = gated ? spawnGated(request) : spawnDirectly(request);
  } catch (error) {
    return { open: () => {}, exited: Promise.resolve(notStarted(error)) };
  }
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => request.onOutput(chunk, stream));
    stream?.on('error', () => {});
  }
  const exited = exitOf(child);
  if (child.pid === undefined) return { open: () => {}, exited };
  return {
    process: identify(child.pid, startedAtMs),
    outlets: outletsOf(child.pid),
    open: () => {
      if (!gated) return;
      const gate = child.stdio[3] as Writable;
      // The gate may have been killed already; its exit tells the story.
      gate.on('error', () => {});
      gate.end('go\n');
    },
    exited,
  };
}

/** What a command is told about itself, in an environment that has nothing of an editor which started us. */
export function commandEnvironment({ id, spec, attempt, recovered, turn }: Session): NodeJS.ProcessEnv {
  return {
    ...cleanEnv(process.env),
    [SESSION_VARIABLE]: id,
    DISPATCHD_SESSION_NAME: spec.name,
    DISPATCHD_TURN: String(turn),
    DISPATCHD_ATTEMPT: String(attempt),
    DISPATCHD_RECOVERED: recovered ? '1' : '0',
    ...(spec.prompt !== undefined && { DISPATCHD_PROMPT: spec.prompt }),
  };
}

function spawnGated({ spec, env, exitFile }: LaunchRequest): ChildProcess {
  const command = spec.args ? [spec.command, ...spec.args] : [SHELL, '-c', spec.command];
  return spawn(SHELL, ['-c', GATE, 'sh', exitFile, ...command], {
    cwd: spec.cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
}

function spawnDirectly({ spec, env }: LaunchRequest): ChildProcess {
  // npm and most agent CLIs are .cmd files on Windows, which `spawn` neither finds nor quotes for.
  return crossSpawn(spec.command, spec.args ? [...spec.args] : [], {
    cwd: spec.cwd,
    env,
    shell: spec.args === undefined,
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function notStarted(error: unknown): Exit {
  const errorCode = codeOf(error);
  return {
    error: messageOf(error),
    ...(errorCode !== undefined && { errorCode }),
  };
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    let exit: Exit | undefined;
    let drain: NodeJS.Timeout | undefined;
    const finish = (result: Exit) => {
      clearTimeout(drain);
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve(result);
    };
    child.once('error', (error) => {
      if (child.pid === undefined) finish(notStarted(error));
    });
    child.once('exit', (code, signal) => {
      exit = { ...(code !== null && { exitCode: code }), ...(signal && { signal }) };
      drain = setTimeout(finish, OUTPUT_DRAIN_MS, exit);
    });
    child.once('close', () => finish(exit ?? {}));
  });
}
