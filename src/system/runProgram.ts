import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cleanEnv } from './cleanEnv';
import { OUTPUT_DRAIN_MS } from './policy';
import { findMarked, trySignal } from './processGroup';
import { codeOf } from './trouble';
import { userHome } from './userHome';

/** How a program of the user's ended, as far as that was waited for. */
export type Ran =
  | {
      readonly is: 'ended';
      readonly exitCode: number | null;
      readonly stdout: string;
      readonly stderr: string;
    }
  /** There is no such program; it did not end in time; it printed more than is read; the system refused to start it. */
  | { readonly is: 'missing' | 'tooLong' | 'refused' }
  | { readonly is: 'late' };

/** In the environment of a program and of all that it starts: who leaves its group is found by that (Linux). */
const MARK = 'DAEMON_HEALTH_RUN';

/** Programs under way. They end with us: nobody else would end one that never ends. */
const underWay = new Set<ChildProcess>();
process.on('exit', () => underWay.forEach(endGroup));

/**
 * Runs a program without a shell and without input, in the user's home, and reads what it prints. One that does not end
 * in time, or prints more than is read, is ended with all that it started; of one that ended, whoever is left of its
 * group is. Never rejects.
 *
 * @param argv the program and its arguments
 */
export function runProgram(
  argv: readonly string[],
  { timeoutMs, maxBytes }: { readonly timeoutMs: number; readonly maxBytes: number },
): Promise<Ran> {
  return new Promise((resolve) => {
    const mark = randomUUID();
    let child: ChildProcess;
    try {
      child = start(argv, mark);
    } catch (error) {
      // Some errors of the system are thrown: arguments that are too long, a path through a file.
      resolve({ is: refusalOf(error) });
      return;
    }
    underWay.add(child);
    const out = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    let length = 0;
    let drain: NodeJS.Timeout | undefined;
    const settle = (ran: Ran) => {
      underWay.delete(child);
      clearTimeout(deadline);
      clearTimeout(drain);
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve(ran);
    };
    const end = (is: 'late' | 'tooLong') => {
      endGroup(child);
      for (const pid of findMarked(MARK, mark)) trySignal(pid, 'SIGKILL');
      child.unref();
      settle({ is });
    };
    const deadline = setTimeout(() => end('late'), timeoutMs);
    const text = (pieces: readonly Buffer[]) => Buffer.concat(pieces).toString('utf8');
    const ended = (exitCode: number | null) => {
      if (!underWay.has(child)) return;
      if (IS_GROUP) endGroup(child);
      settle({ is: 'ended', exitCode, stdout: text(out.stdout), stderr: text(out.stderr) });
    };
    child.on('error', (error) => settle({ is: refusalOf(error) }));
    child.on('close', ended);
    // What it started may hold its output open for ever.
    child.on('exit', (exitCode) => (drain = setTimeout(() => ended(exitCode), OUTPUT_DRAIN_MS)));
    for (const name of ['stdout', 'stderr'] as const) {
      // Where the system has no more pipes there is none.
      child[name]?.on('data', (piece: Buffer) => {
        length += piece.length;
        if (length > maxBytes) end('tooLong');
        else out[name].push(piece);
      });
    }
  });
}

/** A group of its own is ended as a whole. */
const IS_GROUP = process.platform !== 'win32';

function start([program = '', ...args]: readonly string[], mark: string): ChildProcess {
  const home = userHome();
  return spawn(program, args, {
    cwd: home !== undefined && existsSync(home) ? home : '/',
    env: { ...cleanEnv(process.env), [MARK]: mark },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: IS_GROUP,
    windowsHide: true,
  });
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  if (IS_GROUP) trySignal(-child.pid, 'SIGKILL');
  else child.kill('SIGKILL');
}

function refusalOf(error: unknown): 'missing' | 'refused' {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '') ? 'missing' : 'refused';
}
