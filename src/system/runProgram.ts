import { spawn } from 'node:child_process';
import { cleanEnv } from './cleanEnv';
import { OUTPUT_DRAIN_MS } from './policy';
import { trySignal } from './processGroup';
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

/**
 * Runs a program without a shell and without input, in the user's home, and reads what it prints. One that does not end
 * in time, or prints more than is read, is ended with all that it started. Never rejects.
 *
 * @param argv the program and its arguments
 */
export function runProgram(
  argv: readonly string[],
  { timeoutMs, maxBytes }: { readonly timeoutMs: number; readonly maxBytes: number },
): Promise<Ran> {
  return new Promise((resolve) => {
    const [program = '', ...args] = argv;
    const isGroup = process.platform !== 'win32';
    const child = spawn(program, args, {
      cwd: userHome(),
      env: cleanEnv(process.env),
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own is ended as a whole.
      detached: isGroup,
      windowsHide: true,
    });
    const out = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    let length = 0;
    let drain: NodeJS.Timeout | undefined;
    const settle = (ran: Ran) => {
      clearTimeout(deadline);
      clearTimeout(drain);
      child.stdout.destroy();
      child.stderr.destroy();
      resolve(ran);
    };
    const end = (is: 'late' | 'tooLong') => {
      if (child.pid !== undefined) {
        if (isGroup) trySignal(-child.pid, 'SIGKILL');
        else child.kill('SIGKILL');
      }
      child.unref();
      settle({ is });
    };
    const deadline = setTimeout(() => end('late'), timeoutMs);
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].on('data', (piece: Buffer) => {
        length += piece.length;
        if (length > maxBytes) end('tooLong');
        else out[name].push(piece);
      });
    }
    const text = (pieces: readonly Buffer[]) => Buffer.concat(pieces).toString('utf8');
    const ended = (exitCode: number | null) =>
      settle({ is: 'ended', exitCode, stdout: text(out.stdout), stderr: text(out.stderr) });
    child.on('error', (error) => settle({ is: codeOf(error) === 'ENOENT' ? 'missing' : 'refused' }));
    child.on('close', ended);
    // What it started may hold its output open for ever.
    child.on('exit', (exitCode) => (drain = setTimeout(() => ended(exitCode), OUTPUT_DRAIN_MS)));
  });
}
