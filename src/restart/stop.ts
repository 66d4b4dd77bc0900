import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { KILL_WAIT_MS, WAIT_STEP_MS } from '../health/policy';
import { findDescendants, isAlive } from './processes';
import { until } from './wait';

/**
 * Ends a process: SIGTERM, a grace time, then SIGKILL for it and its children.
 *
 * @param onKill called when the grace time is over and force is used
 * @returns whether it is gone
 * @throws the signal's reason when aborted; the process may then still be ending
 */
export async function stopProcess(
  pid: number,
  { graceMs, signal, onKill }: { graceMs: number; signal?: AbortSignal; onKill?: () => void },
): Promise<boolean> {
  const gone = async () => !(await isAlive(pid));
  const wait = (timeoutMs: number) =>
    until(gone, { timeoutMs, stepMs: WAIT_STEP_MS, ...(signal && { signal }) });
  if (await gone()) return true;
  // Taken before it ends: afterwards its children have another parent.
  const children = await findDescendants(pid);
  send(pid, 'SIGTERM');
  if (await wait(graceMs)) return true;
  onKill?.();
  if (process.platform === 'win32') {
    await promisify(execFile)('taskkill', ['/PID', String(pid), '/T', '/F']).catch(() => undefined);
  } else {
    for (const target of [pid, ...children]) send(target, 'SIGKILL');
  }
  return wait(KILL_WAIT_MS);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Already gone, or not ours to end: the wait that follows tells.
  }
}

/** Whether nothing accepts connections at this address any more. */
export function isPortFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1_000 });
    const end = (free: boolean) => {
      socket.destroy();
      resolve(free);
    };
    socket.once('connect', () => end(false));
    socket.once('timeout', () => end(false));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code !== 'ECONNRESET'));
  });
}
