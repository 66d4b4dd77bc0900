import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { withoutSecrets, wordsWithoutSecrets } from '../base/secrets';
import { cleanText } from '../base/text';
import { ASSUMED_DAEMON_INTERVAL_MS } from '../health/policy';
import { ASK_EVERY_MS, LAUNCHER_LOG_TAIL_BYTES, TAIL_BYTES, LOOK_EVERY_MS } from './policy';
import { alreadyThere, type WantedStart } from './alreadyThere';
import type { Unproven } from '../health/cause';
import { askStarted } from './askStarted';
import { addToLog, lastWords, programName } from './launcherLog';
import { cleanEnv } from '../system/cleanEnv';
import { DaemonClient } from '../system/httpClient';
import { processTable } from '../system/processTable';
import { whyNotStartable } from '../system/startable';
import { couldNotStart, unstartableText } from '../words/startFailures';
import {
  START_COMMAND,
  cannotRun,
  commandEnded,
  notProven,
  runsInBackground,
  startedBroken,
  startedUnproven,
} from './launcherText';
import { messageOf } from '../base/errors';

/**
 * Starts a daemon, unless one is there already. Runs in a task's terminal, by itself:
 *   launcher --url http://127.0.0.1:3470 [--log FILE --timeout-ms 60000] [--shell SHELL] [--only-one KIND --in FOLDER] -- command args…
 *
 * With `--log` in the background: the daemon outlives the terminal and the window; its log is shown until it is
 * healthy. Ends with 0 once the daemon has completed a poll cycle, or answers and tells of none, which is said; else
 * with 1 and the reason, which the log gets too; the daemon is left running. Without, the daemon runs in the terminal, and its exit code is this one's.
 */

/** By the custom of shells, a process ended by signal N has the exit code 128 + N. */
const SIGNAL_EXIT = 128;
/** What a POSIX shell exits with where there is no such command. */
const SHELL_NOT_FOUND = 127;

interface Options extends WantedStart {
  readonly background: Background | undefined;
  /** What runs the command, which is a line then. */
  readonly shell: string | undefined;
  readonly command: readonly string[];
}

interface Background {
  readonly log: string;
  readonly timeoutMs: number;
}

async function main(): Promise<number> {
  const options = readOptions();
  const reason = await alreadyThere(options);
  if (reason !== undefined) return fail(reason, options);
  return options.background ? inBackground(options, options.background) : inTerminal(options);
}

/** The terminal's Ctrl+C and its closing reach the daemon by themselves; what is sent to us alone is passed on. */
async function inTerminal(options: Options): Promise<number> {
  try {
    const child = start(options, { stdio: 'inherit' });
    process.on('SIGINT', () => undefined);
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
      // Once: dispatchd takes a second one for "at once".
      process.once(signal, () => {
        process.on(signal, () => undefined);
        void passOn(signal, child, options);
      });
    }
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return code ?? SIGNAL_EXIT + (signal ? constants.signals[signal] : 0);
  } catch (error) {
    return fail(couldNotStart(await whyNotRun(error, options)), options);
  }
}

/** A shell passes nothing on, so all that it runs gets the signal as well. */
async function passOn(signal: NodeJS.Signals, child: ChildProcess, { shell }: Options): Promise<void> {
  const table = processTable();
  const below =
    shell === undefined || child.pid === undefined ? [] : await table.descendants(child.pid).catch(() => []);
  child.kill(signal);
  // Who ended with its shell gets none, nor does who has its number by then.
  await table.signal(below, signal).catch(() => []);
}

async function inBackground(options: Options, { log, timeoutMs }: Background): Promise<number> {
  let child: ChildProcess;
  try {
    child = startDetached(options, log);
  } catch (error) {
    return fail(couldNotStart(await whyNotRun(error, options)), options);
  }
  let end: End | undefined;
  child.once('error', (error) => (end = { error }));
  child.once('exit', (code, signal) => (end = { code, signal }));

  // VS Code is told not to show the launcher's own command line.
  const words = wordsWithoutSecrets(options.command);
  process.stdout.write(`> ${withoutSecrets(words.join(' '))}\n`);
  const tail = new Tail(log);
  const client = new DaemonClient(options.url);
  const startedMs = performance.now();
  let askedMs = -Infinity;
  let hangsSinceMs: number | undefined;
  let seen: Unproven | undefined;
  while (performance.now() - startedMs < timeoutMs) {
    tail.print();
    // A command may start its daemon and end, as service managers do: only a failure is the end of waiting.
    if (end && !('code' in end && end.code === 0)) {
      tail.print();
      return fail(couldNotStart(await whyEnded(end, options, tail.text)), options);
    }
    if (performance.now() - askedMs >= ASK_EVERY_MS) {
      askedMs = performance.now();
      const { proof, report } = await askStarted(client);
      if (proof.is === 'proven' || proof.is === 'newButUntold') {
        tail.print();
        if (proof.is === 'newButUntold') say(startedUnproven(proof.why));
        say(runsInBackground(child.pid, log));
        return 0;
      }
      seen = proof.why;
      const hangs = proof.is === 'refuted' && proof.by === 'loop';
      hangsSinceMs = hangs ? (hangsSinceMs ?? askedMs) : undefined;
      // What hangs in the new life as in the old one gets one of its own intervals for a cycle.
      const graceMs = Math.min(report?.pollIntervalMs ?? ASSUMED_DAEMON_INTERVAL_MS, timeoutMs);
      if (hangsSinceMs !== undefined && askedMs - hangsSinceMs >= graceMs) {
        tail.print();
        return fail(startedBroken(proof.why, log), options);
      }
    }
    await delay(LOOK_EVERY_MS);
  }
  return fail(notProven(seen, timeoutMs, log), options);
}

/** How the command came to its end, or why it never began. */
type End =
  { readonly error: Error } | { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** Why a command could not be run at all, as a clause. */
async function whyNotRun(error: unknown, { command, shell }: Options): Promise<string> {
  const [name = ''] = shell === undefined ? command : [shell];
  const why = await whyNotStartable({ kind: 'process', command: name, args: [], cwd: process.cwd() });
  if (why) return unstartableText(why);
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return cleanText(messageOf(error));
  return cannotRun(programName(name), code);
}

/** @param output what it printed last */
async function whyEnded(end: End, options: Options, output: string): Promise<string> {
  if ('error' in end) return whyNotRun(end.error, options);
  const { command, shell } = options;
  const [first = ''] = command;
  if (shell !== undefined && end.code === SHELL_NOT_FOUND) {
    const why = await whyNotStartable({ kind: 'shell', line: first, cwd: process.cwd() });
    if (why) return unstartableText(why);
  }
  const who = shell === undefined ? programName(first) : START_COMMAND;
  return commandEnded(who, end, lastWords(output));
}

function readOptions(): Options {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      url: { type: 'string' },
      log: { type: 'string' },
      'timeout-ms': { type: 'string' },
      shell: { type: 'string' },
      'only-one': { type: 'string' },
      in: { type: 'string' },
    },
  });
  const { url, log, shell, 'only-one': kind, in: folder } = values;
  if (url === undefined || positionals.length === 0) {
    throw new Error(
      'usage: launcher --url URL [--log FILE --timeout-ms N] [--shell SHELL] [--only-one KIND --in FOLDER] -- command args…',
    );
  }
  return {
    url,
    background: log === undefined ? undefined : { log, timeoutMs: Number(values['timeout-ms']) },
    shell,
    onlyOne: kind === undefined || folder === undefined ? undefined : { kind, folder },
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
  // What the editor's own runtime runs needs the word that it is to be a Node, as we do.
  const { ELECTRON_RUN_AS_NODE } = process.env;
  const isNode = file === process.execPath && ELECTRON_RUN_AS_NODE !== undefined;
  const env = { ...cleanEnv(process.env), ...(isNode && { ELECTRON_RUN_AS_NODE }) };
  return spawn(file!, args, { ...how, env, ...(shell !== undefined && { shell }) });
}

/** Prints what was added to a file since the last time. */
class Tail {
  #offset = 0;
  /** The end of what was printed. */
  text = '';

  constructor(private readonly file: string) {}

  print(): void {
    const size = statSync(this.file).size;
    if (size <= this.#offset) return;
    const from = Math.max(this.#offset, size - TAIL_BYTES);
    const buffer = Buffer.alloc(size - from);
    const fd = openSync(this.file, 'r');
    try {
      const added = buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, from));
      process.stdout.write(added);
      this.text = (this.text + added.toString('utf8')).slice(-LAUNCHER_LOG_TAIL_BYTES);
    } finally {
      closeSync(fd);
    }
    this.#offset = size;
  }
}

/** Says why, in the terminal and in the log where there is one. @returns the exit code */
function fail(text: string, { background }: Options): number {
  say(text);
  if (background) addToLog(background.log, text);
  return 1;
}

function say(text: string): void {
  process.stdout.write(`\n${text}\n`);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    say(messageOf(error));
    process.exit(1);
  },
);
