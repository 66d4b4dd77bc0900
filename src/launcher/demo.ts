import { spawn, type ChildProcess } from 'node:child_process';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { messageOf } from '../base/errors';
import { TOKEN_FILE } from '../protocol/dispatchd';
import { cleanEnv } from '../system/cleanEnv';
import { MAX_STATE_BYTES } from '../system/policy';
import { readBounded } from '../system/privateFile';
import { clearDemo, makeDemoFolder, runningIn, stateDirOf, sweepDemos, workspaceOf } from './demoFolder';
import {
  AFTER_RESTART_MS,
  DEMO_MS,
  DEMO_POLL_MS,
  DEMO_THRESHOLD_MS,
  HANG_AFTER_MS,
  LOOK_EVERY_MS,
} from './policy';

/**
 * Shows a hang: runs a dispatchd of its own, on a free port and in a folder of its own, and makes it hang. Runs by itself:
 *   demo --home FOLDER [--for-ms N] -- node dispatchd.js
 *
 * Says on stdout where the daemon is, as a line of JSON: `{ "url", "folder" }`. The demo ends, and nothing of it is left,
 * as soon as stdin ends, which is when the window is gone in whatever way; after a bounded time, sooner once somebody
 * restarted the daemon; and by a signal. Without a command it only removes what demos before it left.
 */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { home: { type: 'string' }, 'for-ms': { type: 'string' } },
  });
  const { home } = values;
  if (home === undefined) throw new Error('usage: demo --home FOLDER [--for-ms N] -- node dispatchd.js');
  const over = untilOver(Number(values['for-ms'] ?? DEMO_MS));
  await sweepDemos(home);
  const [node, program] = positionals;
  if (node === undefined || program === undefined) return 0;
  const folder = await makeDemoFolder(home);
  let daemon: ChildProcess | undefined;
  try {
    daemon = start(node, program, folder);
    const url = await Promise.race([listening(daemon), over]);
    if (url !== undefined) {
      process.stdout.write(`${JSON.stringify({ url, folder })}\n`);
      const ended = new AbortController();
      void hang(url, folder, ended.signal);
      await Promise.race([over, untilRestarted(folder, ended.signal)]);
      ended.abort();
    }
  } finally {
    // Also where it has not yet said who it is.
    daemon?.kill();
    await clearDemo(folder);
  }
  return 0;
}

function untilOver(forMs: number): Promise<undefined> {
  return new Promise((resolve) => {
    const end = () => resolve(undefined);
    process.stdin.on('end', end).on('close', end).on('error', end).resume();
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end);
    // Who reads it may be gone.
    process.stdout.on('error', end);
    setTimeout(end, forMs);
  });
}

function start(node: string, program: string, folder: string): ChildProcess {
  const flags = [
    ...['--port', '0'],
    ...['--state-dir', stateDirOf(folder)],
    ...['--workspace', workspaceOf(folder)],
    ...['--poll-interval-ms', String(DEMO_POLL_MS)],
    ...['--poll-stale-threshold-ms', String(DEMO_THRESHOLD_MS)],
    '--chaos',
  ];
  const { ELECTRON_RUN_AS_NODE } = process.env;
  const env = { ...cleanEnv(process.env), ...(ELECTRON_RUN_AS_NODE && { ELECTRON_RUN_AS_NODE }) };
  return spawn(node, [program, ...flags], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Its address, once it listens. Rejects with its own words where it does not start. */
function listening(daemon: ChildProcess): Promise<string> {
  let said = '';
  return new Promise((resolve, reject) => {
    // Read on: a full pipe would hold the daemon up.
    daemon.stderr?.on('data', (chunk) => (said = `${said}${String(chunk)}`.slice(-1_000)));
    daemon.stdout?.on('data', (chunk) => {
      const url = /listening on (http:\S+)/.exec((said += String(chunk)))?.[1];
      if (url !== undefined) resolve(url);
    });
    daemon.once('error', reject);
    daemon.once('exit', () => reject(new Error(said.trim())));
  });
}

async function hang(url: string, folder: string, signal: AbortSignal): Promise<void> {
  try {
    await delay(HANG_AFTER_MS, undefined, { signal });
    const token = await readBounded(join(stateDirOf(folder), TOKEN_FILE), MAX_STATE_BYTES);
    const headers = {
      authorization: `Bearer ${(token ?? '').trim()}`,
      'content-type': 'application/json',
    };
    request(`${url}/api/chaos/hang`, { method: 'POST', headers, signal })
      .on('response', (answer) => answer.resume())
      .on('error', () => undefined)
      .end('{}');
  } catch {
    // It was ended, or restarted, before.
  }
}

/** Resolves some time after another process is the daemon: then it has shown all that it has to show. */
async function untilRestarted(folder: string, signal: AbortSignal): Promise<void> {
  let first: number | undefined;
  while (!signal.aborted) {
    const pid = (await runningIn(folder))?.pid;
    first ??= pid;
    if (pid !== undefined && pid !== first) return delay(AFTER_RESTART_MS);
    await delay(LOOK_EVERY_MS);
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(1);
  },
);
