import { spawn } from 'node:child_process';
import { CodedError } from '../base/errors';
import { saidText } from '../base/said';
import { parseObject } from '../base/text';
import type { Refusal } from '../model/refusal';
import { MAX_SAID_CHARS } from './policy';

export interface DemoPrograms {
  /** The editor's own runtime. */
  readonly nodePath: string;
  /** What looks after a demo: it outlives nobody. */
  readonly demoPath: string;
  readonly dispatchdPath: string;
  /** Where the demos of this machine have their folders. */
  readonly home: string;
}

/** A dispatchd that hangs by itself, to be looked at and restarted. */
export interface RunningDemo {
  readonly url: string;
  /** All that it has on disk. */
  readonly folder: string;
  /** Resolves when nothing of it is left. */
  readonly ended: Promise<void>;
  /** Ends it. */
  readonly end: () => void;
}

/**
 * Starts a demo. It ends with this process, in whatever way this process ends.
 * @throws an error fit to show
 */
export async function startDemo(programs: DemoPrograms): Promise<RunningDemo> {
  const { nodePath, dispatchdPath } = programs;
  const child = run(programs, ['--', nodePath, dispatchdPath]);
  // It may be gone before it is told to.
  child.stdin.on('error', () => undefined);
  let said = '';
  child.stderr.on('data', (chunk) => (said = `${said}${String(chunk)}`.slice(-MAX_SAID_CHARS)));
  const gone = new Promise<'whole' | 'killed'>((resolve) => {
    child.once('error', (error) => {
      said = error.message;
      resolve('whole');
    });
    child.once('exit', (code) => resolve(code === 0 ? 'whole' : 'killed'));
  });
  const ended = gone.then((how) => (how === 'killed' ? sweepDemos(programs) : undefined));
  const told = new Promise<Record<string, unknown> | undefined>((resolve) => {
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += String(chunk);
      if (output.includes('\n')) resolve(parseObject(output));
    });
    void gone.then(() => resolve(undefined));
  });
  const { url, folder } = (await told) ?? {};
  if (typeof url !== 'string' || typeof folder !== 'string') {
    child.stdin.end();
    throw new CodedError<Refusal>({ is: 'noDemo', said: saidText(said, MAX_SAID_CHARS) });
  }
  return { url, folder, ended, end: () => void child.stdin.end() };
}

/** Removes what demos left behind that were killed. Resolves when that is done, as far as it can be. */
export function sweepDemos(programs: DemoPrograms): Promise<void> {
  const child = run(programs, []);
  const done = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  });
  child.stdout.resume();
  child.stderr.resume();
  child.stdin.on('error', () => undefined);
  return done;
}

function run({ nodePath, demoPath, home }: DemoPrograms, more: readonly string[]) {
  const child = spawn(nodePath, [demoPath, '--home', home, ...more], {
    // What is sent to the group of this process does not reach it: it has a folder to remove first.
    detached: true,
    windowsHide: true,
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.unref();
  return child;
}
