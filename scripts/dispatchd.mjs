import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { root } from './paths.mjs';
import { firstMatch, startGroup } from './processes.mjs';
import { cleanEnv, run } from './run.mjs';

const program = join(root, 'dist', 'dispatchd.js');
const startDeadlineMs = 20_000;
const stopGraceMs = 8_000;

/**
 * Starts the bundled daemon with its chaos routes, and returns how to reach it, how to start the same one again, and
 * how to end it, whoever restarted it in the meantime. `port` 0 takes a free one.
 */
export async function startDispatchd({ stateDir, port = 0, flags = [] }) {
  const argsFor = (chosenPort) => [
    program,
    '--port',
    `${chosenPort}`,
    '--state-dir',
    stateDir,
    '--chaos',
    ...flags,
  ];
  const leader = startGroup(process.execPath, argsFor(port), { env: cleanEnv() });
  const [, url, listening] = await firstMatch(leader, /listening on (http:\/\/127\.0\.0\.1:(\d+))/, {
    name: 'dispatchd',
    deadlineMs: startDeadlineMs,
  });
  leader.stdout.resume();
  leader.stderr.resume();
  return {
    url,
    port: Number(listening),
    /** For `daemonHealth.daemons[].restart`. */
    restart: { command: process.execPath, args: argsFor(listening) },
    post: (path, body) => postToDispatchd({ url, stateDir }, path, body),
    stop: () => stopDispatchd(stateDir),
  };
}

/** A request that changes something, with the token of the state directory; throws with the daemon's own words. */
export async function postToDispatchd({ url, stateDir }, path, body = {}) {
  const token = readFileSync(join(stateDir, 'token'), 'utf8').trim();
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** The pid of the dispatchd that runs with this state directory, if one does. */
export async function runningDispatchd(stateDir) {
  const file = join(stateDir, 'instance.json');
  if (!existsSync(file)) return undefined;
  const { pid } = JSON.parse(readFileSync(file, 'utf8'));
  // The file may be left over and its pid somebody else's by now.
  const commandLine = await commandLineOf(pid);
  return commandLine.includes(program) && commandLine.includes(stateDir) ? pid : undefined;
}

/** Ends the dispatchd that runs with this state directory: politely, so that it ends its commands, then for good. */
export async function stopDispatchd(stateDir) {
  const pid = await runningDispatchd(stateDir);
  if (pid === undefined) return;
  signal(pid, 'SIGTERM');
  const deadline = performance.now() + stopGraceMs;
  while ((await runningDispatchd(stateDir)) === pid) {
    if (performance.now() > deadline) {
      signal(pid, 'SIGKILL');
      return;
    }
    await delay(50);
  }
}

/** Whether this loopback port can be listened on now. */
export function isPortFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

async function commandLineOf(pid) {
  try {
    if (process.platform === 'linux')
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return await run('ps', ['-o', 'args=', '-p', `${pid}`]);
  } catch {
    return '';
  }
}
