import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';

/**
 * Starts a daemon that outlives the terminal and the window it was started from, and shows its log until it is
 * healthy. Runs in a task's terminal, by itself:
 *   launcher --url http://127.0.0.1:3470 --log FILE --timeout-ms 60000 [--shell] -- command args…
 * Ends with 0 once the daemon has completed a poll cycle, else with 1 and the reason; the daemon is left running.
 */

const LOOK_EVERY_MS = 100;
const ASK_EVERY_MS = 500;
const ASK_TIMEOUT_MS = 2_000;
const TAIL_BYTES = 64 * 1024;

interface Options {
  readonly url: string;
  readonly log: string;
  readonly timeoutMs: number;
  readonly shell: boolean;
  readonly command: readonly string[];
}

async function main(): Promise<number> {
  const options = readOptions();
  const child = startDetached(options);
  let exit: string | undefined;
  child.once('error', (error) => (exit = error.message));
  child.once(
    'exit',
    (code, signal) => (exit = code === null ? `was ended by ${signal}` : `ended with exit code ${code}`),
  );

  const tail = new Tail(options.log);
  const startedMs = performance.now();
  let askedMs = -Infinity;
  let seen = 'it does not answer';
  while (performance.now() - startedMs < options.timeoutMs) {
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
          `It runs in the background (pid ${child.pid ?? 'unknown'}) and outlives this terminal. Log: ${options.log}`,
        );
        return 0;
      }
      seen = health;
    }
    await delay(LOOK_EVERY_MS);
  }
  say(
    `After ${options.timeoutMs / 1_000} s the daemon is not proven to work: ${seen}. It was left running. Log: ${options.log}`,
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
      shell: { type: 'boolean', default: false },
    },
  });
  if (values.url === undefined || values.log === undefined || positionals.length === 0) {
    throw new Error('usage: launcher --url URL --log FILE --timeout-ms N [--shell] -- command args…');
  }
  return {
    url: values.url,
    log: values.log,
    timeoutMs: Number(values['timeout-ms']),
    shell: values.shell,
    command: positionals,
  };
}

function startDetached({ log, shell, command }: Options): ChildProcess {
  mkdirSync(dirname(log), { recursive: true });
  try {
    renameSync(log, `${log}.1`);
  } catch {
    // The first start.
  }
  const output = openSync(log, 'a', 0o600);
  const [file, ...args] = command;
  const env = { ...process.env };
  // It is for us; a daemon that is not run by the editor's own runtime has no use for it.
  if (file !== process.execPath) delete env.ELECTRON_RUN_AS_NODE;
  const child = spawn(file!, args, {
    env,
    shell,
    detached: true,
    windowsHide: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  child.unref();
  return child;
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
    const response = await fetch(`${url}/api/daemon/status`, { signal: AbortSignal.timeout(ASK_TIMEOUT_MS) });
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
