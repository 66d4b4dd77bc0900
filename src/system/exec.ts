import { UserError } from '../base/errors';
import { execFile, type ChildProcess } from 'node:child_process';
import { win32 } from 'node:path';
import { MAX_TOOL_OUTPUT_BYTES, TOOL_TIMEOUT_MS } from './policy';

/**
 * How a tool of the system failed: there is no such tool; it did not end in time; it ended with an error; it printed
 * more than is read.
 */
export type ToolFailure = 'missing' | 'timedOut' | 'failed' | 'tooLong';

/** A tool of the system that did not do its work. The message is fit to show. */
export class ToolFailed extends UserError {
  constructor(
    readonly kind: ToolFailure,
    readonly tool: string,
    readonly details: {
      /** With what it ended, where it ended by itself. */
      readonly exitCode?: number | undefined;
      readonly stdout?: string;
      readonly stderr?: string;
    } = {},
  ) {
    super(inWords(kind, tool, details));
    this.name = 'ToolFailed';
  }

  /**
   * Whether it ended with exit code 1 and printed nothing at all. `ps` and `lsof` say so that there is no such process
   * or socket (their manual pages, "exit status").
   */
  get saysNothing(): boolean {
    const { exitCode, stdout = '', stderr = '' } = this.details;
    return this.kind === 'failed' && exitCode === 1 && stdout.trim() === '' && stderr.trim() === '';
  }
}

function inWords(kind: ToolFailure, tool: string, { exitCode }: ToolFailed['details']): string {
  const failed = exitCode === undefined ? 'failed' : `ended with exit code ${exitCode}`;
  const words: Readonly<Record<ToolFailure, string>> = {
    missing: 'cannot be found',
    timedOut: `did not end within ${TOOL_TIMEOUT_MS / 1_000} s`,
    tooLong: 'printed too much',
    failed,
  };
  return `The tool ${tool} of the system ${words[kind]}.`;
}

/**
 * Runs a tool of the system, and returns what it printed. Injected in tests.
 * @throws {ToolFailed}
 */
export type RunTool = (tool: string, args: readonly string[]) => Promise<string>;

/** On this machine, in bounded time. */
export const runTool: RunTool = (tool, args) =>
  new Promise((resolve, reject) => {
    let child: ChildProcess | undefined;
    // A tool that hangs in the kernel does not even end by force: nobody waits for its end.
    const deadline = setTimeout(() => {
      child?.kill('SIGKILL');
      child?.unref();
      // What the tool started may hold its output open, and would keep this process from its own end.
      child?.stdout?.destroy();
      child?.stderr?.destroy();
      reject(new ToolFailed('timedOut', tool));
    }, TOOL_TIMEOUT_MS);
    try {
      child = execFile(
        systemTool(tool),
        [...args],
        { env: toolEnvironment(), maxBuffer: MAX_TOOL_OUTPUT_BYTES, windowsHide: true, encoding: 'utf8' },
        (error, stdout, stderr) => {
          clearTimeout(deadline);
          if (!error) return resolve(stdout);
          const exitCode = typeof error.code === 'number' ? error.code : undefined;
          reject(new ToolFailed(failureOf(error.code), tool, { exitCode, stdout, stderr }));
        },
      );
    } catch {
      // Some of what the system refuses (ENOMEM, EPERM of a sandbox) Node throws at once.
      clearTimeout(deadline);
      reject(new ToolFailed('failed', tool));
    }
  });

function failureOf(code: unknown): ToolFailure {
  if (code === 'ENOENT') return 'missing';
  return code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER' ? 'tooLong' : 'failed';
}

/**
 * The environment of a tool: English words and dates, UTF-8 names, times in UTC, lines as long as they are.
 * An hour that a local clock has twice would make a living process look like another one. `UTF-8` is a locale of macOS
 * for characters alone; without it `ps` writes what is not ASCII as `\M-C`.
 */
export function toolEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const others = Object.entries(env).filter(([name]) => !/^(LC_.*|LANG|LANGUAGE|TZ|COLUMNS)$/i.test(name));
  return { ...Object.fromEntries(others), LANG: 'C', LC_CTYPE: 'UTF-8', TZ: 'UTC0' };
}

/** A folder of a drive, such as `C:\Windows`: no share, no relative path. */
const WINDOWS_FOLDER = /^[A-Za-z]:\\[^"<>|*?]+$/;

/**
 * The program behind the name of a system tool. On Windows with its whole path: there a bare name is looked for in the
 * current folder first, and that may be somebody's repository.
 */
export function systemTool(
  name: string,
  platform: NodeJS.Platform = process.platform,
  env: NodeJS.ProcessEnv = process.env,
): string {
  if (platform !== 'win32') return name;
  const root = env.SystemRoot ?? '';
  const system = win32.join(WINDOWS_FOLDER.test(root) ? root : 'C:\\Windows', 'System32');
  return name === 'powershell'
    ? win32.join(system, 'WindowsPowerShell', 'v1.0', 'powershell.exe')
    : win32.join(system, `${name}.exe`);
}
