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
