import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findMarked, trySignal } from '../../../src/system/processGroup';
import { until } from '../until';

/** All that one folder's programs have started carries it: they are found and ended, also who went into the background. */
const MARK = 'DAEMON_HEALTH_TEST';

const START_MS = 120_000;
const GRACE_MS = 5_000;
const ANSWER_MS = 5_000;

/** Where nobody listens: a daemon that asks the makers' servers for news is refused at once, and nothing leaves the machine. */
const NO_NETWORK = {
  http_proxy: 'http://127.0.0.1:9',
  https_proxy: 'http://127.0.0.1:9',
  no_proxy: '127.0.0.1,localhost',
};

/** A folder of its own for one real daemon: its home, and what its programs run with. Nothing else of this machine. */
export class RealHome {
  readonly env: Readonly<Record<string, string>>;
  readonly #mark = randomUUID();
  readonly #started: RealProcess[] = [];

  /** @param path the folders of its programs, before those of the system */
  constructor(
    readonly folder: string,
    path: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ) {
    mkdirSync(folder, { recursive: true });
    this.env = {
      HOME: folder,
      PATH: [...path, '/usr/bin', '/bin'].join(':'),
      [MARK]: this.#mark,
      ...NO_NETWORK,
      ...env,
    };
  }

  /** Starts a daemon; what it prints goes to `output.txt`. */
  start(program: string, args: readonly string[] = []): RealProcess {
    const daemon = new RealProcess(this, program, args);
    this.#started.push(daemon);
    return daemon;
  }

  /** Runs a program to its end. @returns what it printed; rejects where it ended badly */
  async run(program: string, args: readonly string[], timeout = 60_000): Promise<string> {
    const { env, folder: cwd } = this;
    return (await promisify(execFile)(program, args, { env, cwd, timeout, killSignal: 'SIGKILL' })).stdout;
  }

  /** Ends whoever still runs of all that was started here. */
  async end(): Promise<void> {
    this.signal('SIGCONT');
    this.signal('SIGTERM');
    await until(() => this.#left.length === 0, 'their end', GRACE_MS).catch(() => {
      // The next signal is not refused.
    });
    await until(() => {
      this.signal('SIGKILL');
      return this.#left.length === 0;
    }, 'their end');
  }

  /** A daemon that names itself anew overwrites its variables (redis): it is known as a child. */
  get #left(): readonly number[] {
    const children = this.#started.filter(({ isOver }) => !isOver).map(({ pid }) => pid);
    return [...new Set([...children, ...findMarked(MARK, this.#mark)])];
  }

  /** Who runs of all that was started here, with a line that has these words in it. */
  running(...words: readonly string[]): readonly number[] {
    return this.#left.filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').includes(words.join(' '));
      } catch {
        return false;
      }
    });
  }

  /** Signals whoever runs of all that was started here. */
  signal(signal: NodeJS.Signals): void {
    for (const pid of this.#left) trySignal(pid, signal);
  }
}

/** A real daemon in the foreground. */
export class RealProcess {
  readonly #child: ChildProcess;
  readonly #output: string;

  constructor(home: RealHome, program: string, args: readonly string[]) {
    this.#output = join(home.folder, 'output.txt');
    const output = openSync(this.#output, 'a');
    this.#child = spawn(program, args, {
      cwd: home.folder,
      env: home.env,
      stdio: ['ignore', output, output],
    });
    closeSync(output);
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get isOver(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** All that it has printed. */
  get output(): string {
    return readFileSync(this.#output, 'utf8');
  }

  /** Resolves once this address answers well. Rejects, with what the daemon printed, where it ends before. */
  async answers(url: string): Promise<void> {
    await until(
      async () => {
        if (this.isOver) throw new Error(`it ended by itself:\n${this.output.slice(-2_000)}`);
        return (await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) }).catch(() => undefined))?.ok;
      },
      `an answer of ${url}`,
      START_MS,
    );
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Signals it, and resolves once it has ended. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.isOver) return;
    const gone = once(this.#child, 'exit');
    this.signal('SIGCONT');
    this.signal(signal);
    await gone;
  }
}
