import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const guard = fileURLToPath(new URL('guard.mjs', import.meta.url));

/**
 * Starts a command in a process group of its own, with its output as `stdout` and `stderr` of the returned process.
 * The whole group ends when the command does, and when this process does, however that happens.
 */
export function startGroup(command, args, { cwd, env } = {}) {
  return spawn(process.execPath, [guard, command, ...args], { cwd, env, detached: true, stdio: 'pipe' });
}

/**
 * Waits for the process to print something and returns the match; its whole output becomes the error when it ends or
 * `deadlineMs` pass before. Afterwards the streams are paused: read on, or the process stops when their pipes are full.
 */
export function firstMatch(leader, pattern, { name, deadlineMs }) {
  const streams = [leader.stdout, leader.stderr];
  let output = '';
  return new Promise((resolve, reject) => {
    const settle = (action) => {
      clearTimeout(timer);
      leader.off('close', ended);
      for (const stream of streams) stream.off('data', read).pause();
      action();
    };
    const fail = (what) => settle(() => reject(new Error(`${name} ${what}.\n${output}`.trimEnd())));
    const ended = () => fail('could not be started');
    const read = (chunk) => {
      output += chunk;
      const match = pattern.exec(output);
      if (match) settle(() => resolve(match));
    };
    const timer = setTimeout(() => fail(`was not ready after ${deadlineMs / 1000} s`), deadlineMs);
    // `close` comes after the last output, which says why.
    leader.once('close', ended);
    for (const stream of streams) stream.on('data', read);
  });
}

/** Ends the group that `startGroup` started: SIGTERM, then SIGKILL for what is left after `graceMs`. */
export async function stopGroup(leader, graceMs = 5_000) {
  if (hasEnded(leader)) return;
  const ended = once(leader, 'exit');
  signalGroup(leader.pid, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(leader.pid, 'SIGKILL'), graceMs);
  await ended;
  clearTimeout(timer);
}

function hasEnded(child) {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
