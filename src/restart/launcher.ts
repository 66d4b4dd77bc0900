import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { alreadyThere } from './alreadyThere';
import { findDescendants } from './processes';

/**
 * Starts a daemon, unless one is there already. Runs in a task's terminal, by itself:
 *   launcher --url http://127.0.0.1:3470 [--log FILE --timeout-ms 60000] [--shell SHELL] [--smithy-folder F] -- command args…
 *
 * With `--log` in the background: the daemon outlives the terminal and the window; its log is shown until it is
 * healthy. Ends with 0 once the daemon has completed a poll cycle, else with 1 and the reason; the daemon is left
 * running. Without, the daemon runs in the terminal, and its exit code is this one's.
 */

const LOOK_EVERY_MS = 100;
const ASK_EVERY_MS = 500;
const ASK_TIMEOUT_MS = 2_000;
const TAIL_BYTES = 64 * 1024;
/** By the custom of shells, a process ended by signal N has the exit code 128 + N. */
const SIGNAL_EXIT = 128;

interface Options {
  readonly url: string;
  readonly background: Background | undefined;
  /** What runs the command, which is a line then. */
  readonly shell: string | undefined;
  readonly smithyFolder: string | undefined;
  readonly command: readonly string[];
}

interface Background {
  readonly log: string;
  readonly timeoutMs: number;
}

async function main(): Promise<number> {
  const options = readOptions();
  const reason = await alreadyThere(options);
  if (reason !== undefined) {
    say(reason);
    return 1;
  }
  return options.background ? inBackground(options, options.background) : inTerminal(options);
}

/** The terminal's Ctrl+C and its closing reach the daemon by themselves; what is sent to us alone is passed on. */
async function inTerminal(options: Options): Promise<number> {
  const child = start(options, { stdio: 'inherit' });
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
    // Once: dispatchd takes a second one for "at once".
    process.once(signal, () => {
      process.on(signal, () => undefined);
      void passOn(signal, child, options);
    });
  }
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return code ?? SIGNAL_EXIT + (signal ? constants.signals[signal] : 0);
  } catch (error) {
    say(`The daemon could not be started: ${error instanceof Error ? error.message : String(error)}.`);
    return 1;
  }
}

/** A shell passes nothing on, so all that it runs gets the signal as well. */
async function passOn(signal: NodeJS.Signals, child: ChildProcess, { shell }: Options): Promise<void> {
  const below =
    shell === undefined || child.pid === undefined ? [] : await findDescendants(child.pid).catch(() => []);
  child.kill(signal);
  for (const { pid } of below) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended with its shell.
    }
  }
}

async function inBackground(options: Options, { log, timeoutMs }: Background): Promise<number> {
  const child = startDetached(options, log);
  let exit: string | undefined;
  child.once('error', (error) => (exit = error.message));
  child.once(
    'exit',
    (code, signal) => (exit = code === null ? `was ended by ${signal}` : `ended with exit code ${code}`),
  );

  const tail = new Tail(log);
  const startedMs = performance.now();
  let askedMs = -Infinity;
  let seen = 'it does not answer';
  while (performance.now() - startedMs < timeoutMs) {
    tail.print();
    // A command may start its daemon and end, as service managers do: only a failure is the end of waiting.
    if (exit !== undefined && exit !== 'ended with exit code 0') {
      tail.print();
      say(`The daemon could not be started: it ${exit}.`);
      return 1;
    }
    if (performance.now() - askedMs >= ASK_EVERY_MS) {
      askedMs = performance.now();
      const health = await ask(options.url);
      if (health === 'healthy') {
        tail.print();
        say(
          `It runs in the background (pid ${child.pid ?? 'unknown'}) and outlives this terminal. Log: ${log}`,
        );
        return 0;
      }
      seen = health;
    }
    await delay(LOOK_EVERY_MS);
  }
  say(
    `After ${timeoutMs / 1_000} s the daemon is not proven to work: ${seen}. It was left running. Log: ${log}`,
  );
  return 1;
}

function readOptions(): Options {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      url: { type: 'string' },
      log: { type: 'string' },
      'timeout-ms': { type: 'string' },
      shell: { type: 'string' },
      'smithy-folder': { type: 'string' },
    },
  });
  const { url, log, shell } = values;
  if (url === undefined || positionals.length === 0) {
    throw new Error(
      'usage: launcher --url URL [--log FILE --timeout-ms N] [--shell SHELL] [--smithy-folder FOLDER] -- command args…',
    );
  }
  return {
    url,
    background: log === undefined ? undefined : { log, timeoutMs: Number(values['timeout-ms']) },
    shell,
    smithyFolder: values['smithy-folder'],
    command: positionals,
  };
}

function startDetached(options: Options, log: string): ChildProcess {
  mkdirSync(dirname(log), { recursive: true });
  try {
    renameSync(log, `${log}.1`);
  } catch {
    // The first start.
  }
  const output = openSync(log, 'a', 0o600);
  const child = start(options, { detached: true, windowsHide: true, stdio: ['ignore', output, output] });
  closeSync(output);
  child.unref();
  return child;
}

function start({ shell, command }: Options, how: SpawnOptions): ChildProcess {
  const [file, ...args] = command;
  const env = { ...process.env };
  // It is for us; a daemon that is not run by the editor's own runtime has no use for it.
  if (file !== process.execPath) delete env.ELECTRON_RUN_AS_NODE;
  return spawn(file!, args, { ...how, env, ...(shell !== undefined && { shell }) });
}

/** Prints what was added to a file since the last time. */
class Tail {
  #offset = 0;

  constructor(private readonly file: string) {}

  print(): void {
    const size = statSync(this.file).size;
    if (size <= this.#offset) return;
    const from = Math.max(this.#offset, size - TAIL_BYTES);
    const buffer = Buffer.alloc(size - from);
    const fd = openSync(this.file, 'r');
    try {
      process.stdout.write(buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, from)));
    } finally {
      closeSync(fd);
    }
    this.#offset = size;
  }
}

/** `healthy`, or what is seen instead. */
async function ask(url: string): Promise<string> {
  try {
    const response = await get(`${url}/api/daemon/status`);
    if (response.status === 404) return await askDuctor(url);
    const { isRunning, health } = (await response.json()) as {
      isRunning?: unknown;
      health?: { lastPollCompletedAt?: unknown };
    };
    if (isRunning !== true) return 'its poll loop is stopped';
    // A version that does not tell of its cycles cannot be waited for any longer.
    if (health === undefined || health.lastPollCompletedAt !== undefined) return 'healthy';
    return 'it has not completed a poll cycle';
  } catch {
    return 'it does not answer';
  }
}

/** A ductor tells of no cycles: that its main agent runs is all that can be waited for. */
async function askDuctor(url: string): Promise<string> {
  const { agents } = (await (await get(`${url}/interagent/health`)).json()) as {
    agents: { main?: { status?: unknown } };
  };
  return agents.main?.status === 'running' ? 'healthy' : 'its main agent does not run';
}

function get(url: string): Promise<Response> {
  return fetch(url, { signal: AbortSignal.timeout(ASK_TIMEOUT_MS) });
}

function say(text: string): void {
  process.stdout.write(`\n${text}\n`);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    say(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);
